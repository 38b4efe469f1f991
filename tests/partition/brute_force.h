#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <vector>

#include "partition/problem.h"

namespace acceptlab::partition {

// Tries every plan of a problem, with arithmetic of its own: the sums written out, nothing shared
// with the solvers.
class BruteForce {
 public:
  // What a plan is judged by, in this order.
  using Judgement = std::tuple<double, double, int, double>;  // objective, quality, stages, total

  explicit BruteForce(const Problem& problem) : p_(problem) { extend(0); }
  // Nothing where no plan is feasible.
  const std::optional<Judgement>& best() const { return best_; }
  // The least quality cost of plans at most the problem's time_tolerance slower, then the rest.
  std::optional<Judgement> best_within_tolerance() const {
    std::optional<Judgement> found;
    const auto by_quality = [](const Judgement& j) {
      return std::make_tuple(std::get<1>(j), std::get<0>(j), std::get<2>(j), std::get<3>(j));
    };
    for (const Judgement& plan : judgements_) {
      if (std::get<0>(plan) > std::get<0>(*best_) * (1.0 + p_.time_tolerance)) continue;
      if (!found || by_quality(plan) < by_quality(*found)) found = plan;
    }
    return found;
  }
  // Of every feasible plan.
  const std::vector<double>& objectives_us() const { return objectives_us_; }

 private:
  struct Part {
    int device, begin, end, codec;
  };

  bool may_follow(int device) const {
    if (parts_.empty())
      return (!p_.first_device_is_fixed && p_.mode != Mode::kFixedAll) || device == 0;
    for (const Part& part : parts_) {
      if (part.device == device) return false;
    }
    if (p_.mode == Mode::kFree) return true;
    const int last = parts_.back().device;
    return p_.mode == Mode::kFixedAll ? device == last + 1 : device > last;
  }

  void extend(int begin) {
    if (begin == p_.unit_count()) return judge();
    const int codecs = std::max<int>(1, static_cast<int>(p_.codecs.size()));
    for (int device = 0; device < p_.device_count(); ++device) {
      if (!may_follow(device)) continue;
      for (int end = begin + 1; end <= p_.unit_count(); ++end) {
        for (int codec = 0; codec < (end == p_.unit_count() ? 1 : codecs); ++codec) {
          parts_.push_back({device, begin, end, codec});
          extend(end);
          parts_.pop_back();
        }
      }
    }
  }

  UnitTime compute(const Part& part) const {
    const Device& d = p_.devices[std::size_t(part.device)];
    if (!d.sub_model_times.empty()) {
      return d.sub_model_times[std::size_t(part.begin * p_.unit_count() + part.end - 1)];
    }
    UnitTime sum;
    for (int u = part.begin; u < part.end; ++u) {
      const bool own = !d.unit_times.empty();
      const UnitTime time = own ? d.unit_times[std::size_t(u)] : p_.units[std::size_t(u)].time;
      sum.forward_us += time.forward_us * (own ? 1.0 : d.time_factor);
      sum.backward_us += time.backward_us * (own ? 1.0 : d.time_factor);
    }
    return sum;
  }

  void add_codec_work(std::size_t s, UnitTime& time) const {
    if (p_.codecs.empty()) return;
    const double factor = p_.devices[std::size_t(parts_[s].device)].codec_time_factor;
    if (s > 0) {
      const Codec& c = p_.codecs[std::size_t(parts_[s - 1].codec)];
      const Unit& u = p_.units[std::size_t(parts_[s].begin - 1)];
      time.forward_us += factor * c.activation_time.decode_us_per_byte * u.activation_bytes;
      time.backward_us += factor * c.gradient_time.encode_us_per_byte * u.gradient_bytes;
    }
    if (s + 1 < parts_.size()) {
      const Codec& c = p_.codecs[std::size_t(parts_[s].codec)];
      const Unit& u = p_.units[std::size_t(parts_[s].end - 1)];
      time.forward_us += factor * c.activation_time.encode_us_per_byte * u.activation_bytes;
      time.backward_us += factor * c.gradient_time.decode_us_per_byte * u.gradient_bytes;
    }
  }

  double one_way(int from, int to, double bytes) const {
    double rate = std::numeric_limits<double>::infinity();
    double latency = 0.0;
    if (!p_.links.empty()) {
      const Link& link = p_.links[std::size_t(from)][std::size_t(to)];
      if (link.bandwidth_bytes_per_s) rate = *link.bandwidth_bytes_per_s;
      latency = link.latency_us;
    } else {
      for (const int end : {from, to}) {
        const Device& d = p_.devices[std::size_t(end)];
        if (d.bandwidth_bytes_per_s) rate = std::min(rate, *d.bandwidth_bytes_per_s);
        latency = std::max(latency, d.latency_us);
      }
    }
    return bytes / rate * 1e6 + latency;
  }

  bool fits(std::size_t s) const {
    const Device& d = p_.devices[std::size_t(parts_[s].device)];
    if (!d.memory_bytes) return true;
    const auto left = static_cast<double>(parts_.size() - s);
    double need = 0.0;
    for (int u = parts_[s].begin; u < parts_[s].end; ++u) {
      const Unit& unit = p_.units[std::size_t(u)];
      need += p_.memory_factor * unit.parameter_bytes;
      if (p_.stash == Stash::kActivations) need += unit.stash_bytes;
      if (p_.stash == Stash::kPerStage) {
        need += left * unit.stash_bytes + (left - 1) * unit.parameter_bytes;
      }
    }
    return need <= *d.memory_bytes;
  }

  void judge() {
    if (p_.mode == Mode::kFixedAll && static_cast<int>(parts_.size()) != p_.device_count()) return;
    double bottleneck = 0, through = 0, forward = 0, backward = 0, quality = 0, total = 0;
    const double m = p_.micro_batches;
    const auto pass = [&](double f, double b) {
      through += f + b;
      forward = std::max(forward, f);
      backward = std::max(backward, b);
    };
    for (std::size_t s = 0; s < parts_.size(); ++s) {
      if (!fits(s)) return;
      UnitTime time = compute(parts_[s]);
      add_codec_work(s, time);
      bottleneck = std::max(bottleneck, time.forward_us + time.backward_us);
      total += time.forward_us + time.backward_us;
      pass(time.forward_us / m, time.backward_us / m);
      if (s + 1 == parts_.size()) break;
      const Unit& u = p_.units[std::size_t(parts_[s].end - 1)];
      double a = u.activation_bytes, g = u.gradient_bytes;
      if (!p_.codecs.empty()) {
        const Codec& c = p_.codecs[std::size_t(parts_[s].codec)];
        a /= c.activation_ratio;
        g /= c.gradient_ratio;
        quality += c.quality_cost;
      }
      const int from = parts_[s].device, to = parts_[s + 1].device;
      const double there = one_way(from, to, a), back = one_way(to, from, g);
      const double busy = p_.duplex == Duplex::kHalf ? there + back : std::max(there, back);
      bottleneck = std::max(bottleneck, busy);
      total += busy;
      pass(one_way(from, to, a / m), one_way(to, from, g / m));
    }
    if (p_.quality_budget && quality > *p_.quality_budget) return;
    const double makespan = through + (m - 1) * (forward + backward);
    const Judgement found{p_.objective == Objective::kBottleneck ? bottleneck : makespan, quality,
                          static_cast<int>(parts_.size()), total};
    if (!best_ || found < *best_) best_ = found;
    objectives_us_.push_back(std::get<0>(found));
    judgements_.push_back(found);
  }

  const Problem& p_;
  std::vector<Part> parts_;
  std::optional<Judgement> best_;
  std::vector<double> objectives_us_;
  std::vector<Judgement> judgements_;  // of every feasible plan
};

}  // namespace acceptlab::partition
