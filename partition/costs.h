#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "partition/problem.h"

namespace acceptlab::partition {

// Index of a codec in the problem; kNoCodec where nothing is compressed or nothing is sent.
inline constexpr int kNoCodec = -1;

// What every stage and link of a problem costs, for all solvers and for evaluate(). Units are
// half-open ranges [begin, end) here, and cut i lies before unit i, 0 < i < units.
//
// Each cost is one fixed expression of numbers prepared once, and of a bottleneck only comparisons
// are made: so all solvers see the same doubles, and a longer range never costs less by rounding.
class Costs {
 public:
  static constexpr double kNoLimit = std::numeric_limits<double>::infinity();

  // Requires: check(problem) has no error. `problem` outlives the costs.
  explicit Costs(const Problem& problem);

  const Problem& problem() const { return *problem_; }
  int units() const { return units_; }
  int devices() const { return problem_->device_count(); }
  // Codecs to choose from for a cut: at least one, kNoCodec where the problem has none.
  int first_codec() const { return problem_->codecs.empty() ? kNoCodec : 0; }
  int end_codec() const { return static_cast<int>(problem_->codecs.size()); }  // 0 for kNoCodec

  // Whether stage times are sums of unit times: then a longer stage is never faster.
  bool is_additive(int device) const {
    return problem_->devices[at(device)].sub_model_times.empty();
  }
  bool has_codec_work() const { return has_codec_work_; }
  // Whether memory depends on how many stages follow.
  bool memory_counts_stages() const { return memory_counts_stages_; }

  double compute_us(int device, int begin, int end) const {
    const DeviceCosts& costs = device_[at(device)];
    if (!costs.table.empty()) return costs.table[at(begin * units_ + end - 1)];
    const double* sum = &sums_[costs.profile * at(units_ + 1)];
    return (sum[end] - sum[begin]) * costs.factor;
  }
  // Time of a stage with what it decodes and encodes for the codecs of the cuts at its ends.
  double stage_us(int device, int begin, int end, int codec_before, int codec_after) const {
    double time = compute_us(device, begin, end);
    if (has_codec_work_) {
      time += first_end_us(device, begin, codec_before) + last_end_us(device, end, codec_after);
    }
    return time;
  }
  // For solvers that look at one device at a time: compute_us is (sum[end] - sum[begin]) * factor.
  // Requires: is_additive(device).
  const double* unit_sums(int device) const {
    return &sums_[device_[at(device)].profile * at(units_ + 1)];
  }
  double slowest_unit_us(int device) const {
    return slowest_[device_[at(device)].profile] * factor(device);
  }
  double factor(int device) const { return device_[at(device)].factor; }
  double memory_limit(int device) const { return device_[at(device)].memory; }

  UnitTime compute_times(int device, int begin, int end) const;
  // Codec work of the stage that begins at a cut (decodes activations, encodes gradients) and of
  // the one that ends there (encodes activations, decodes gradients).
  UnitTime codec_times_of_receiver(int device, int cut, int codec) const;
  UnitTime codec_times_of_sender(int device, int cut, int codec) const;

  // Both ways between two devices.
  struct LinkPair {
    double bandwidth_there = kNoLimit;  // bytes/s
    double bandwidth_back = kNoLimit;
    double latency_there_us = 0.0;
    double latency_back_us = 0.0;
  };
  LinkPair link_pair(int from, int to) const;
  // What a mini-batch takes each way, latency included; `share` of its bytes.
  UnitTime link_times(const LinkPair& link, int cut, int codec, double share = 1.0) const {
    return link_times(link, sent_bytes(cut, codec), share);
  }
  // How long the link is busy with a mini-batch.
  double link_us(const LinkPair& link, int cut, int codec) const {
    return busy_us(link_times(link, cut, codec));
  }
  // No less than link_us of any cut.
  double slowest_link_us(const LinkPair& link, int codec) const;
  double link_us(int from, int to, int cut, int codec) const {
    return link_us(link_pair(from, to), cut, codec);
  }

  double quality_cost(int codec) const {
    return codec == kNoCodec ? 0.0 : problem_->codecs[at(codec)].quality_cost;
  }

  // Memory of a stage that has `stages_left` stages from itself to the last.
  double memory_bytes(int begin, int end, int stages_left) const;
  // True where every unit alone fits; may be false although they do.
  bool surely_fits_each_unit(int device) const;
  bool fits(int device, int begin, int end, int stages_left) const {
    const double limit = device_[at(device)].memory;
    return limit == kNoLimit || memory_bytes(begin, end, stages_left) <= limit;
  }

 private:
  // What crosses a cut.
  struct SentBytes {
    double forward = 0.0;
    double backward = 0.0;
  };
  // What a stage holds, up to some unit.
  struct SumsOfUnits {
    double parameters = 0.0;  // bytes
    double stash = 0.0;       // bytes
  };
  const SentBytes& sent_bytes(int cut, int codec) const {
    return sent_[at((codec - first_codec()) * units_ + cut)];
  }
  double busy_us(UnitTime times) const {
    return is_half_duplex_ ? times.forward_us + times.backward_us
                           : std::max(times.forward_us, times.backward_us);
  }
  static UnitTime link_times(const LinkPair& link, const SentBytes& sent, double share) {
    return {sent.forward * share * 1e6 / link.bandwidth_there + link.latency_there_us,
            sent.backward * share * 1e6 / link.bandwidth_back + link.latency_back_us};
  }
  double memory_of(double parameters, double activations, int stages_left) const;
  void add_sent_bytes(int codec);
  void add_units();

  struct DeviceCosts {
    std::size_t profile = 0;  // in sums_; 0: the units' own times
    double factor = 1.0;
    std::vector<double> table;  // [begin * units + end - 1]; empty: sums of unit times
    double memory = kNoLimit;
  };

  static std::size_t at(int index) { return static_cast<std::size_t>(index); }
  double first_end_us(int device, int begin, int codec) const;
  double last_end_us(int device, int end, int codec) const;
  void add_device(const Device& device);
  void add_times(const std::vector<UnitTime>& own);

  const Problem* problem_;
  int units_;
  bool has_codec_work_ = false;
  bool is_half_duplex_ = true;
  bool memory_counts_stages_ = false;
  std::vector<DeviceCosts> device_;
  std::vector<double> sums_;                // [profile][units + 1] of the units before
  std::vector<double> slowest_;             // [profile] largest difference of neighbours in sums_
  std::vector<SentBytes> sent_;             // [codec][units], of the cut before the unit
  std::vector<SentBytes> most_sent_;        // [codec] the most of any cut, each way by itself
  std::vector<SumsOfUnits> sums_of_units_;  // [units + 1] of the units before
  SumsOfUnits most_of_unit_;                // largest differences of neighbours
};

}  // namespace acceptlab::partition
