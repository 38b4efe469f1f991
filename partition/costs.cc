#include "partition/costs.h"

#include <algorithm>

namespace acceptlab::partition {

namespace {

double limit_of(const std::optional<double>& limit) { return limit.value_or(Costs::kNoLimit); }

}  // namespace

Costs::Costs(const Problem& problem) : problem_(&problem), units_(problem.unit_count()) {
  memory_counts_stages_ = problem.stash == Stash::kPerStage;
  is_half_duplex_ = problem.duplex == Duplex::kHalf;
  for (int codec = first_codec(); codec < end_codec(); ++codec) add_sent_bytes(codec);
  for (const Codec& codec : problem.codecs) {
    for (const CodecTime& time : {codec.activation_time, codec.gradient_time}) {
      has_codec_work_ =
          has_codec_work_ || time.encode_us_per_byte > 0.0 || time.decode_us_per_byte > 0.0;
    }
  }
  const auto own_times = static_cast<std::size_t>(
      std::count_if(problem.devices.begin(), problem.devices.end(),
                    [](const Device& device) { return !device.unit_times.empty(); }));
  sums_.resize((1 + own_times) * (problem.units.size() + 1));
  slowest_.reserve(1 + own_times);
  add_units();
  device_.reserve(problem.devices.size());
  for (const Device& device : problem.devices) add_device(device);
}

// In one pass, as each of the sums is slow by itself: every addition waits for the one before.
void Costs::add_units() {
  sums_of_units_.resize(problem_->units.size() + 1);
  SumsOfUnits sums;
  double time = 0.0;
  double slowest = 0.0;
  for (std::size_t u = 0; u < problem_->units.size(); ++u) {
    const Unit& unit = problem_->units[u];
    const SumsOfUnits before = sums;
    const double time_before = time;
    sums.parameters += unit.parameter_bytes;
    sums.stash += unit.stash_bytes;
    time += unit.time.forward_us + unit.time.backward_us;
    most_of_unit_.parameters =
        std::max(most_of_unit_.parameters, sums.parameters - before.parameters);
    most_of_unit_.stash = std::max(most_of_unit_.stash, sums.stash - before.stash);
    slowest = std::max(slowest, time - time_before);
    sums_of_units_[u + 1] = sums;
    sums_[u + 1] = time;
  }
  slowest_.push_back(slowest);
}

void Costs::add_device(const Device& device) {
  DeviceCosts costs;
  costs.factor = device.time_factor;
  costs.memory = limit_of(device.memory_bytes);
  costs.table.reserve(device.sub_model_times.size());
  for (const UnitTime& time : device.sub_model_times) {
    costs.table.push_back(time.forward_us + time.backward_us);
  }
  if (!device.unit_times.empty()) {
    costs.factor = 1.0;
    costs.profile = slowest_.size();
    add_times(device.unit_times);
  }
  device_.push_back(std::move(costs));
}

void Costs::add_times(const std::vector<UnitTime>& own) {
  double* sum = &sums_[slowest_.size() * (own.size() + 1)];
  double slowest = 0.0;
  for (std::size_t u = 0; u < own.size(); ++u) {
    sum[u + 1] = sum[u] + (own[u].forward_us + own[u].backward_us);
    slowest = std::max(slowest, sum[u + 1] - sum[u]);
  }
  slowest_.push_back(slowest);
}

UnitTime Costs::compute_times(int device, int begin, int end) const {
  const Device& d = problem_->devices[at(device)];
  if (!d.sub_model_times.empty()) return d.sub_model_times[at(begin * units_ + end - 1)];
  UnitTime sum;
  for (int u = begin; u < end; ++u) {
    const UnitTime& own = d.unit_times.empty() ? problem_->units[at(u)].time : d.unit_times[at(u)];
    sum.forward_us += own.forward_us;
    sum.backward_us += own.backward_us;
  }
  if (d.unit_times.empty()) {
    sum.forward_us *= d.time_factor;
    sum.backward_us *= d.time_factor;
  }
  return sum;
}

UnitTime Costs::codec_times_of_receiver(int device, int cut, int codec) const {
  if (codec == kNoCodec || cut == 0) return {};
  const Codec& c = problem_->codecs[at(codec)];
  const Unit& before = problem_->units[at(cut - 1)];
  const double factor = problem_->devices[at(device)].codec_time_factor;
  return {c.activation_time.decode_us_per_byte * before.activation_bytes * factor,
          c.gradient_time.encode_us_per_byte * before.gradient_bytes * factor};
}

UnitTime Costs::codec_times_of_sender(int device, int cut, int codec) const {
  if (codec == kNoCodec || cut == units_) return {};
  const Codec& c = problem_->codecs[at(codec)];
  const Unit& before = problem_->units[at(cut - 1)];
  const double factor = problem_->devices[at(device)].codec_time_factor;
  return {c.activation_time.encode_us_per_byte * before.activation_bytes * factor,
          c.gradient_time.decode_us_per_byte * before.gradient_bytes * factor};
}

double Costs::first_end_us(int device, int begin, int codec) const {
  const UnitTime time = codec_times_of_receiver(device, begin, codec);
  return time.forward_us + time.backward_us;
}

double Costs::last_end_us(int device, int end, int codec) const {
  const UnitTime time = codec_times_of_sender(device, end, codec);
  return time.forward_us + time.backward_us;
}

Costs::LinkPair Costs::link_pair(int from, int to) const {
  if (!problem_->links.empty()) {
    const Link& there = problem_->links[at(from)][at(to)];
    const Link& back = problem_->links[at(to)][at(from)];
    return {limit_of(there.bandwidth_bytes_per_s), limit_of(back.bandwidth_bytes_per_s),
            there.latency_us, back.latency_us};
  }
  const Device& p = problem_->devices[at(from)];
  const Device& q = problem_->devices[at(to)];
  const double bandwidth =
      std::min(limit_of(p.bandwidth_bytes_per_s), limit_of(q.bandwidth_bytes_per_s));
  const double latency_us = std::max(p.latency_us, q.latency_us);
  return {bandwidth, bandwidth, latency_us, latency_us};
}

void Costs::add_sent_bytes(int codec) {
  double activation_ratio = 1.0;
  double gradient_ratio = 1.0;
  if (codec != kNoCodec) {
    activation_ratio = problem_->codecs[at(codec)].activation_ratio;
    gradient_ratio = problem_->codecs[at(codec)].gradient_ratio;
  }
  const std::size_t first = sent_.size();
  sent_.resize(first + problem_->units.size());  // before the first unit is no cut
  SentBytes most;
  for (std::size_t cut = 1; cut < problem_->units.size(); ++cut) {
    const Unit& before = problem_->units[cut - 1];
    SentBytes sent{before.activation_bytes, before.gradient_bytes};
    if (codec != kNoCodec) {  // divisions are slow
      sent.forward /= activation_ratio;
      sent.backward /= gradient_ratio;
    }
    most.forward = std::max(most.forward, sent.forward);
    most.backward = std::max(most.backward, sent.backward);
    sent_[first + cut] = sent;
  }
  most_sent_.push_back(most);
}

double Costs::slowest_link_us(const LinkPair& link, int codec) const {
  return busy_us(link_times(link, most_sent_[at(codec - first_codec())], 1.0));
}

double Costs::memory_of(double parameters, double activations, int stages_left) const {
  const double need = problem_->memory_factor * parameters;
  if (problem_->stash == Stash::kNone) return need;
  if (problem_->stash == Stash::kActivations) return need + activations;
  // The newest weights are in the factor; each older mini-batch in flight holds a version.
  return need + stages_left * activations + (stages_left - 1) * parameters;
}

double Costs::memory_bytes(int begin, int end, int stages_left) const {
  const SumsOfUnits& to = sums_of_units_[at(end)];
  const SumsOfUnits& from = sums_of_units_[at(begin)];
  return memory_of(to.parameters - from.parameters, to.stash - from.stash, stages_left);
}

bool Costs::surely_fits_each_unit(int device) const {
  return memory_of(most_of_unit_.parameters, most_of_unit_.stash, devices()) <=
         memory_limit(device);
}

}  // namespace acceptlab::partition
