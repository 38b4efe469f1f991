#include "partition/parametric_search.h"

#include <algorithm>
#include <cmath>

#include "partition/cut_set.h"
#include "partition/evaluate.h"

namespace acceptlab::partition {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// One device of the order.
struct Stage {
  int device = 0;
  const double* sums = nullptr;
  double factor = 1.0;
  double inverse = 1.0;         // of factor, where that is a number
  bool memory_binds = false;    // it does not hold all units
  bool holds_each_unit = true;  // alone, surely
  double slowest_unit_us = 0.0;

  double us(int begin, int end) const { return (sums[end] - sums[begin]) * factor; }
};

class Search {
 public:
  Search(const Costs& costs, const DeviceOrder& order)
      : costs_(costs),
        order_(order),
        units_(costs.units()),
        positions_(static_cast<int>(order.devices.size())) {
    stages_.reserve(order.devices.size());
    for (const int device : order.devices) {
      const double factor = costs.factor(device);
      stages_.push_back({device, costs.unit_sums(device), factor, 1.0 / factor,
                         !costs.fits(device, 0, units_, 1), costs.surely_fits_each_unit(device),
                         costs.slowest_unit_us(device)});
    }
    slowest_link_us_ = slowest_link();
    links_are_alike_ = costs.problem().links.empty() && devices_have_equal_links();
    any_link_ = costs.link_pair(order.devices[0], order.devices[0]);
    for (const Stage& stage : stages_) {
      slowest_unit_us_ = std::max(slowest_unit_us_, stage.slowest_unit_us);
      each_holds_each_unit_ = each_holds_each_unit_ && stage.holds_each_unit;
    }
    cuts_.resize(order.devices.size() + 1);
  }

  Placements run() {
    if (!order_.may_skip && units_ < positions_) return std::nullopt;
    double low = 0.0;  // no plan is below
    double high = kInfinity;
    double lambda = first_guess();
    Placements best;
    for (int probes = 0; low < high; ++probes) {
      if (probe(lambda)) {
        best = last_was_greedy_ ? trace_greedy() : trace(lambda);
        high = evaluate_bottleneck(*best);
      } else {
        low = next_lambda_;
        if (low == kInfinity) break;
      }
      lambda = next_guess(low, high, lambda, probes);
    }
    return best;
  }

 private:
  // A perfect split of the work among the devices.
  double first_guess() const {
    double speed = 0.0;  // whole models a microsecond
    for (const Stage& stage : stages_) speed += 1.0 / std::max(stage.us(0, units_), 1e-300);
    return 1.0 / speed;
  }

  double next_guess(double low, double high, double lambda, int probes) {
    if (high == kInfinity) {
      growth_ *= 2.0;
      return std::max(low, lambda + std::max(missing_us_, lambda * growth_));
    }
    // The lowest value left decides if it holds; the middle halves what is left.
    if (probes % 2 == 0) return low;
    const double middle = low + (high - low) / 2;
    return middle < high ? middle : low;
  }

  // Search the sums for where lambda ends, which rounding may miss by a unit; then by stage times.
  int furthest_in_time(const Stage& stage, int begin, double lambda) const {
    const double target = stage.sums[begin] + lambda * stage.inverse;
    int end = begin;
    for (int left = units_ - begin; left > 0;) {
      const int half = (left + 1) / 2;
      end += stage.sums[end + half] <= target ? half : 0;
      left -= half;
    }
    while (end < units_ && stage.us(begin, end + 1) <= lambda) ++end;
    while (end > begin && stage.us(begin, end) > lambda) --end;
    return end;
  }
  int nearest_in_time(const Stage& stage, int end, double lambda) const {
    const double target = stage.sums[end] - lambda * stage.inverse;
    int begin = end;
    for (int left = end; left > 0;) {
      const int half = (left + 1) / 2;
      begin -= stage.sums[begin - half] >= target ? half : 0;
      left -= half;
    }
    while (begin > 0 && stage.us(begin - 1, end) <= lambda) --begin;
    while (begin < end && stage.us(begin, end) > lambda) ++begin;
    return begin;
  }

  // The last unit, as an end, of the longest stage from `begin` within lambda and memory.
  int furthest(const Stage& stage, int begin, double lambda) {
    int end = furthest_in_time(stage, begin, lambda);
    bool memory_stops = false;
    if (stage.memory_binds) {
      const int held =
          last_where(begin, [&](int e) { return costs_.fits(stage.device, begin, e, 1); });
      memory_stops = held <= end;
      end = std::min(end, held);
    }
    if (end < units_ && !memory_stops) raise(stage.us(begin, end + 1));
    return end;
  }

  // Likewise the first unit of the longest stage up to `end`.
  int nearest(const Stage& stage, int end, double lambda) {
    int begin = nearest_in_time(stage, end, lambda);
    bool memory_stops = false;
    if (stage.memory_binds) {
      const int held =
          first_where(end, [&](int b) { return costs_.fits(stage.device, b, end, 1); });
      memory_stops = held >= begin;
      begin = std::max(begin, held);
    }
    if (begin > 0 && !memory_stops) raise(stage.us(begin - 1, end));
    return begin;
  }

  // The last e in [begin, units] for which `holds`, which it does from `begin` up to some e.
  template <typename Predicate>
  int last_where(int begin, const Predicate& holds) const {
    int low = begin;
    for (int left = units_ - begin; left > 0;) {
      const int half = (left + 1) / 2;
      low = holds(low + half) ? low + half : low;
      left -= half;
    }
    return low;
  }
  template <typename Predicate>
  int first_where(int end, const Predicate& holds) const {
    int high = end;
    for (int left = end; left > 0;) {
      const int half = (left + 1) / 2;
      high = holds(high - half) ? high - half : high;
      left -= half;
    }
    return high;
  }

  // A time that is too long now: below the least of these every answer is the same.
  void raise(double us) { next_lambda_ = std::min(next_lambda_, us); }

  // No link is slower: the least of all bandwidths with the largest of all latencies.
  double slowest_link() const {
    Costs::LinkPair worst;
    const auto add = [&](int from, int to) {
      const Costs::LinkPair link = costs_.link_pair(from, to);
      worst.bandwidth_there = std::min(worst.bandwidth_there, link.bandwidth_there);
      worst.bandwidth_back = std::min(worst.bandwidth_back, link.bandwidth_back);
      worst.latency_there_us = std::max(worst.latency_there_us, link.latency_there_us);
      worst.latency_back_us = std::max(worst.latency_back_us, link.latency_back_us);
    };
    if (positions_ == 1) return 0.0;
    if (costs_.problem().links.empty()) {
      for (const Stage& stage : stages_) add(stage.device, stage.device);
    } else {
      for (auto from = stages_.begin(); from != stages_.end(); ++from) {
        for (auto to = from + 1; to != stages_.end(); ++to) add(from->device, to->device);
      }
    }
    return costs_.slowest_link_us(worst, codec_);
  }

  bool devices_have_equal_links() const {
    const std::vector<Device>& devices = costs_.problem().devices;
    return std::all_of(stages_.begin(), stages_.end(), [&](const Stage& stage) {
      const Device& a = devices[at(stage.device)];
      const Device& b = devices[at(stages_[0].device)];
      return a.bandwidth_bytes_per_s == b.bandwidth_bytes_per_s && a.latency_us == b.latency_us;
    });
  }

  // No link and no single unit is in the way: then only the furthest cut reached counts.
  bool is_unhindered(double lambda) const {
    return slowest_link_us_ <= lambda && slowest_unit_us_ <= lambda && each_holds_each_unit_;
  }

  // Every device takes as many units as it can, but leaves one for each that must have one.
  bool probe_greedily(double lambda) {
    const int behind = order_.may_skip ? 0 : positions_ - 1;
    int cut = 0;
    for (int p = 0; p < positions_; ++p) {
      cuts_[at(p)] = cut;
      const int end = furthest(stages_[at(p)], cut, lambda);
      cut = std::max(cut, std::min(end, units_ - std::max(0, behind - p)));
    }
    cuts_[at(positions_)] = cut;
    missing_us_ = stages_[at(positions_ - 1)].us(cut, units_) / positions_;
    return cut == units_;
  }

  std::vector<Placement> trace_greedy() const {
    std::vector<Placement> stages;
    stages.reserve(stages_.size());
    for (int p = 0; p < positions_; ++p) {
      if (cuts_[at(p)] == cuts_[at(p + 1)]) continue;
      stages.push_back({stages_[at(p)].device, cuts_[at(p)], cuts_[at(p + 1)] - 1, codec_});
    }
    stages.back().codec_after = kNoCodec;
    return stages;
  }

  void allocate_sets() {
    if (!starts_.empty()) return;
    starts_.assign(stages_.size(), CutSet(units_ + 1));
    reached_ = starts_;
    reached_by_any_ = allowed_ = CutSet(units_ + 1);
    earliest_.resize(stages_.size() + 1);
  }

  // Whether there is a plan within lambda. If not, next_lambda_ is the least value worth asking.
  bool probe(double lambda) {
    next_lambda_ = kInfinity;
    last_was_greedy_ = is_unhindered(lambda);
    if (last_was_greedy_) return probe_greedily(lambda);
    allocate_sets();
    if (!find_earliest(lambda)) return false;
    missing_us_ = 0.0;
    // Where all links are alike it does not matter which device a stage follows.
    const bool any_sender = order_.may_skip && links_are_alike_;
    if (any_sender) allow_cuts(lambda);
    const int first_last = order_.may_skip ? 0 : positions_ - 1;
    for (int p = 0; p < positions_; ++p) {
      collect_starts(p, lambda, any_sender);
      spread(p, lambda);
      if (any_sender) reached_by_any_.add_all(reached_[at(p)], 0);
      if (p >= first_last && reached_[at(p)].has(units_)) {
        last_position_ = p;
        return true;
      }
    }
    if (any_sender) raise_to_rejected_cuts();
    return false;
  }

  // Only for links that are alike.
  void allow_cuts(double lambda) {
    reached_by_any_.clear();
    allowed_.clear();
    for (int cut = 1; cut < units_; ++cut) {
      if (costs_.link_us(any_link_, cut, codec_) <= lambda) allowed_.add(cut);
    }
  }
  void raise_to_rejected_cuts() {
    for (int cut = reached_by_any_.next(1, units_); cut < units_;
         cut = reached_by_any_.next(cut + 1, units_)) {
      if (!allowed_.has(cut)) raise(costs_.link_us(any_link_, cut, codec_));
    }
  }

  // earliest_[p]: no plan can have its cut before the device at p earlier, as the devices from p on
  // could not do the rest even without links. False where not even all can do all.
  bool find_earliest(double lambda) {
    earliest_[at(positions_)] = units_;
    for (int p = positions_ - 1; p >= 0; --p) {
      const int end = earliest_[at(p + 1)];
      earliest_[at(p)] = end == 0 ? 0 : nearest(stages_[at(p)], end, lambda);
    }
    if (earliest_[0] == 0) return true;
    missing_us_ = stages_[0].us(0, earliest_[0]) / positions_;
    return false;
  }

  void collect_starts(int p, double lambda, bool any_sender) {
    CutSet& starts = starts_[at(p)];
    starts.clear();
    if (p == 0 || (order_.may_skip && !order_.first_is_fixed)) starts.add(0);
    if (any_sender) {
      starts.add_common(reached_by_any_, allowed_, earliest_[at(p)]);
      return;
    }
    for (int q = order_.may_skip ? 0 : std::max(p - 1, 0); q < p; ++q) {
      const Costs::LinkPair link = costs_.link_pair(stages_[at(q)].device, stages_[at(p)].device);
      const CutSet& cuts = reached_[at(q)];
      if (costs_.slowest_link_us(link, codec_) <= lambda) {
        starts.add_all(cuts, earliest_[at(p)]);
        starts.remove(units_);
        continue;
      }
      for (int cut = cuts.next(earliest_[at(p)], units_); cut < units_;
           cut = cuts.next(cut + 1, units_)) {
        const double us = costs_.link_us(link, cut, codec_);
        if (us <= lambda) {
          starts.add(cut);
        } else {
          raise(us);
        }
      }
    }
  }

  // All ends of stages on p. Stages that begin at a run of cuts end anywhere from the first of them
  // on to as far as the last one gets, but for units that the device cannot do even alone.
  void spread(int p, double lambda) {
    const Stage& stage = stages_[at(p)];
    CutSet& ends = reached_[at(p)];
    ends.clear();
    const CutSet& starts = starts_[at(p)];
    const bool takes_each_unit = stage.slowest_unit_us <= lambda && stage.holds_each_unit;
    int covered = 0;
    for (int begin = starts.next(0, units_); begin < units_;) {
      const int next = takes_each_unit ? starts.next_missing(begin + 1, units_) : begin + 1;
      const int end = furthest(stage, next - 1, lambda);
      ends.add_range(std::max(begin, covered) + 1, end);
      covered = std::max(covered, end);
      begin = starts.next(next, units_);
    }
  }

  // A plan from the sets of a probe that succeeded.
  std::vector<Placement> trace(double lambda) {
    std::vector<Placement> stages;
    int p = last_position_;
    int end = units_;
    while (true) {
      const Stage& stage = stages_[at(p)];
      const CutSet& starts = starts_[at(p)];
      const int begin = starts.next(nearest(stage, end, lambda), end);
      stages.push_back({stage.device, begin, end - 1, kNoCodec});
      if (begin == 0) break;
      p = sender(p, begin, lambda);
      end = begin;
    }
    std::reverse(stages.begin(), stages.end());
    for (std::size_t s = 0; s + 1 < stages.size(); ++s) stages[s].codec_after = codec_;
    return stages;
  }

  // A device whose stage may end at the cut and whose link to p is fast enough for it.
  int sender(int p, int cut, double lambda) const {
    for (int q = p - 1;; --q) {
      ACCEPTLAB_CHECK(q >= 0);
      if (!reached_[at(q)].has(cut)) continue;
      if (costs_.link_us(stages_[at(q)].device, stages_[at(p)].device, cut, codec_) <= lambda) {
        return q;
      }
    }
  }

  double evaluate_bottleneck(const std::vector<Placement>& plan) const {
    double bottleneck = 0.0;
    for (std::size_t s = 0; s < plan.size(); ++s) {
      const int end = plan[s].last + 1;
      bottleneck = std::max(bottleneck, costs_.compute_us(plan[s].device, plan[s].first, end));
      if (s + 1 < plan.size()) {
        bottleneck =
            std::max(bottleneck, costs_.link_us(plan[s].device, plan[s + 1].device, end, codec_));
      }
    }
    return bottleneck;
  }

  static std::size_t at(int index) { return static_cast<std::size_t>(index); }

  const Costs& costs_;
  const DeviceOrder& order_;
  const int units_;
  const int positions_;
  const int codec_ = costs_.first_codec();
  std::vector<Stage> stages_;  // [position]
  double slowest_link_us_ = 0.0;
  double slowest_unit_us_ = 0.0;
  bool each_holds_each_unit_ = true;
  bool last_was_greedy_ = false;
  std::vector<int> cuts_;        // [position + 1] of the greedy probe
  std::vector<CutSet> starts_;   // [position] cuts at which a stage on it may begin
  std::vector<CutSet> reached_;  // [position] cuts at which one may end
  bool links_are_alike_ = false;
  Costs::LinkPair any_link_;
  CutSet reached_by_any_{0};
  CutSet allowed_{0};          // cuts that links within lambda can take, where they are alike
  std::vector<int> earliest_;  // [position + 1]
  double next_lambda_ = kInfinity;
  double missing_us_ = 0.0;
  double growth_ = 1.0 / 128;
  int last_position_ = 0;
};

}  // namespace

bool parametric_search_applies(const Costs& costs) {
  if (costs.end_codec() - costs.first_codec() > 1 || costs.has_codec_work()) return false;
  if (costs.memory_counts_stages() || costs.problem().quality_budget) return false;
  for (int d = 0; d < costs.devices(); ++d) {
    if (!costs.is_additive(d)) return false;
  }
  return true;
}

Placements search_chain(const Costs& costs, const DeviceOrder& order) {
  ACCEPTLAB_CHECK(parametric_search_applies(costs));
  return Search(costs, order).run();
}

}  // namespace acceptlab::partition
