#include "partition/costs.h"

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
  parameter_sum_.assign(problem.units.size() + 1, 0.0);
  stash_sum_ = parameter_sum_;
  for (std::size_t u = 0; u < problem.units.size(); ++u) {
    parameter_sum_[u + 1] = parameter_sum_[u] + problem.units[u].parameter_bytes;
    stash_sum_[u + 1] = stash_sum_[u] + problem.units[u].stash_bytes;
    most_parameters_ = std::max(most_parameters_, parameter_sum_[u + 1] - parameter_sum_[u]);
    most_stashed_ = std::max(most_stashed_, stash_sum_[u + 1] - stash_sum_[u]);
  }
  add_sums({});  // of devices that are the units' times by a factor
  device_.reserve(problem.devices.size());
  for (const Device& device : problem.devices) add_device(device);
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
    costs.profile = sums_.size();
    costs.factor = 1.0;
    add_sums(device.unit_times);
  }
  device_.push_back(std::move(costs));
}

void Costs::add_sums(const std::vector<UnitTime>& own) {
  std::vector<double>& sum = sums_.emplace_back(problem_->units.size() + 1);
  double& slowest = slowest_.emplace_back(0.0);
  for (std::size_t u = 0; u < problem_->units.size(); ++u) {
    const UnitTime& time = own.empty() ? problem_->units[u].time : own[u];
    sum[u + 1] = sum[u] + (time.forward_us + time.backward_us);
    slowest = std::max(slowest, sum[u + 1] - sum[u]);
  }
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
    SentBytes& sent = sent_[first + cut];
    sent = {before.activation_bytes / activation_ratio, before.gradient_bytes / gradient_ratio};
    most.forward = std::max(most.forward, sent.forward);
    most.backward = std::max(most.backward, sent.backward);
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
  return memory_of(parameter_sum_[at(end)] - parameter_sum_[at(begin)],
                   stash_sum_[at(end)] - stash_sum_[at(begin)], stages_left);
}

bool Costs::surely_fits_each_unit(int device) const {
  return memory_of(most_parameters_, most_stashed_, devices()) <= memory_limit(device);
}

}  // namespace acceptlab::partition
