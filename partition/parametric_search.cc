#include "partition/parametric_search.h"

#include <algorithm>

#include "partition/chain_links.h"
#include "partition/greedy_probe.h"
#include "partition/reach_probe.h"

namespace acceptlab::partition {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<ChainStage> stages_of(const Costs& costs, const DeviceOrder& order) {
  std::vector<ChainStage> stages;
  stages.reserve(order.devices.size());
  for (const int device : order.devices) stages.emplace_back(costs, device);
  return stages;
}

class Search {
 public:
  // Requires: no fewer units than devices where each must have a stage.
  Search(const Costs& costs, const DeviceOrder& order)
      : costs_(costs),
        order_(order),
        units_(costs.units()),
        stages_(stages_of(costs, order)),
        links_(costs, stages_),
        greedy_(stages_, units_, order.may_skip),
        unhindered_us_(find_unhindered()) {}

  Placements run() {
    double low = 0.0;  // no plan is below
    double high = kInfinity;
    double lambda = first_guess();
    for (int probes = 0; low < high; ++probes) {
      LeastRejected rejected;
      if (probe(lambda, rejected)) {
        high = best_us();
      } else {
        low = rejected.us();
      }
      lambda = next_guess(low, high, lambda, probes);
    }
    if (high == kInfinity) return std::nullopt;
    return plan_ ? std::move(plan_) : greedy_plan();
  }

 private:
  // A perfect split of the work among the devices.
  double first_guess() const {
    double speed = 0.0;  // whole models a microsecond
    for (const ChainStage& stage : stages_) speed += 1.0 / std::max(stage.us(0, units_), 1e-300);
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

  // From there on no link and no single unit is in the way: only the furthest cut reached counts.
  double find_unhindered() const {
    double us = links_.slowest_us();
    for (const ChainStage& stage : stages_) {
      us = std::max(us, stage.slowest_unit_us());
      if (!stage.surely_holds_each_unit()) us = kInfinity;
    }
    return us;
  }

  bool probe(double lambda, LeastRejected& rejected) {
    if (lambda >= unhindered_us_) {
      if (greedy_.probe(lambda, rejected)) return true;
      missing_us_ = stages_.back().us(greedy_.first_left(), units_) / positions();
      return false;
    }
    if (!reach_) reach_.emplace(stages_, links_, order_, units_);
    if (reach_->probe(lambda, rejected)) {
      plan_ = reach_->plan(lambda, costs_.first_codec());
      return true;
    }
    missing_us_ = stages_[0].us(0, reach_->units_left()) / positions();
    return false;
  }
  double positions() const { return static_cast<double>(stages_.size()); }

  double best_us() const {
    if (plan_) return bottleneck_us(*plan_);
    // Links need a look only where one may be slower than all stages.
    const std::vector<int>& cuts = greedy_.best_cuts();
    double us = 0.0;
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      us = std::max(us, stages_[s].us(cuts[s], cuts[s + 1]));
    }
    return us >= links_.slowest_us() ? us : bottleneck_us(greedy_plan());
  }

  double bottleneck_us(const std::vector<Placement>& plan) const {
    double bottleneck = 0.0;
    for (std::size_t s = 0; s < plan.size(); ++s) {
      const int end = plan[s].last + 1;
      bottleneck = std::max(bottleneck, costs_.compute_us(plan[s].device, plan[s].first, end));
      if (s + 1 == plan.size()) break;
      const int to = plan[s + 1].device;
      bottleneck =
          std::max(bottleneck, costs_.link_us(plan[s].device, to, end, costs_.first_codec()));
    }
    return bottleneck;
  }

  std::vector<Placement> greedy_plan() const {
    const std::vector<int>& cuts = greedy_.best_cuts();
    std::vector<Placement> plan;
    plan.reserve(stages_.size());
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      if (cuts[s] == cuts[s + 1]) continue;
      plan.push_back({stages_[s].device(), cuts[s], cuts[s + 1] - 1, costs_.first_codec()});
    }
    plan.back().codec_after = kNoCodec;
    return plan;
  }

  const Costs& costs_;
  const DeviceOrder& order_;
  const int units_;
  const std::vector<ChainStage> stages_;  // [position]
  const ChainLinks links_;
  GreedyProbe greedy_;
  std::optional<ReachProbe> reach_;
  const double unhindered_us_;
  Placements plan_;  // the best one, where it is not greedy_'s
  double missing_us_ = 0.0;
  double growth_ = 1.0 / 128;
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
  if (!order.may_skip && costs.units() < static_cast<int>(order.devices.size())) {
    return std::nullopt;
  }
  return Search(costs, order).run();
}

}  // namespace acceptlab::partition
