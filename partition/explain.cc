#include <algorithm>
#include <cmath>
#include <functional>

#include "partition/best_plans.h"
#include "partition/evaluate.h"
#include "partition/free_search.h"
#include "partition/parametric_search.h"
#include "partition/solve.h"

namespace acceptlab::partition {

namespace {

// Break-even values are looked for within this factor, and to this precision.
constexpr double kFarthest = 1e6;
constexpr double kPrecision = 1e-4;
// Sizes up to which the problem is solved some hundred times.
constexpr std::size_t kMostFreeSearchWordsToExplain = std::size_t{1} << 13;
constexpr double kMostChainStagesToExplain = 5e7;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

// The least objective; infinity where no plan is feasible.
double optimum_us(Problem problem) {
  problem.time_tolerance = 0.0;
  const Result<Solution> solved = solve(problem, {500});
  ACCEPTLAB_CHECK(solved.ok());
  return solved.value().feasible ? solved.value().cost.objective_us
                                 : std::numeric_limits<double>::infinity();
}

// Whether the problem is small enough to be solved again and again.
bool is_quick(const Problem& problem) {
  const Costs costs(problem);
  if (problem.objective == Objective::kMakespan) {
    return problem.mode != Mode::kFree && costs.units() * costs.devices() <= 500;
  }
  if (problem.mode != Mode::kFree) {
    const double stages = 0.5 * costs.devices() * std::pow(costs.units(), 2.0);
    return parametric_search_applies(costs) || stages <= kMostChainStagesToExplain / 500;
  }
  const auto words = free_search_words(costs);
  return words && *words <= kMostFreeSearchWordsToExplain && !problem.quality_budget;
}

// How the problem and a plan fare when one number is multiplied by a factor.
class Decision {
 public:
  using Change = std::function<Problem(double factor)>;

  Decision(const std::vector<Placement>& plan, Change change)
      : plan_(plan), change_(std::move(change)) {}

  // The factor nearest to 1, in the given direction, at which another plan is better. From there on
  // one always is: the plan in question changes by the same number as those that would take over.
  std::optional<double> break_even(bool upwards) const {
    double stays = 1.0;
    double changes = upwards ? kFarthest : 1.0 / kFarthest;
    if (!is_beaten(changes)) return std::nullopt;
    while (std::fabs(std::log(changes / stays)) > kPrecision) {
      const double middle = std::sqrt(stays * changes);
      (is_beaten(middle) ? changes : stays) = middle;
    }
    return changes;
  }

 private:
  bool is_beaten(double factor) const {
    const Problem problem = change_(factor);
    const double own = evaluate(problem, plan_).objective_us;
    // Rounding alone is no reason.
    return optimum_us(problem) * (1.0 + problem.time_tolerance) < own * (1.0 - 1e-9);
  }

  const std::vector<Placement>& plan_;
  Change change_;
};

// Every pair's link spelt out, so that one of them can be changed.
Problem with_link_matrix(const Problem& problem) {
  Problem result = problem;
  if (!problem.links.empty()) return result;
  const Costs costs(problem);
  result.links.assign(problem.devices.size(), std::vector<Link>(problem.devices.size()));
  for (int from = 0; from < problem.device_count(); ++from) {
    for (int to = 0; to < problem.device_count(); ++to) {
      const Costs::LinkPair pair = costs.link_pair(from, to);
      Link& link = result.links[at(from)][at(to)];
      link.latency_us = pair.latency_there_us;
      if (pair.bandwidth_there < Costs::kNoLimit) link.bandwidth_bytes_per_s = pair.bandwidth_there;
    }
  }
  return result;
}

void scale(std::optional<double>& bandwidth, double factor) {
  if (bandwidth) *bandwidth *= factor;
}

BreakEven link_break_even(const Problem& matrix, const std::vector<Placement>& plan, int index) {
  const int from = plan[at(index)].device;
  const int to = plan[at(index) + 1].device;
  BreakEven result;
  result.index = index;
  const auto& bandwidth = matrix.links[at(from)][at(to)].bandwidth_bytes_per_s;
  if (!bandwidth) return result;
  result.now = *bandwidth;
  const Decision decision(plan, [&](double factor) {
    Problem changed = matrix;
    scale(changed.links[at(from)][at(to)].bandwidth_bytes_per_s, factor);
    scale(changed.links[at(to)][at(from)].bandwidth_bytes_per_s, factor);
    return changed;
  });
  if (const auto factor = decision.break_even(false)) result.below = *bandwidth * *factor;
  if (const auto factor = decision.break_even(true)) result.above = *bandwidth * *factor;
  return result;
}

void slow_down(Device& device, double factor) {
  device.time_factor *= factor;
  for (std::vector<UnitTime>* times : {&device.unit_times, &device.sub_model_times}) {
    for (UnitTime& time : *times) {
      time.forward_us *= factor;
      time.backward_us *= factor;
    }
  }
}

BreakEven speed_break_even(const Problem& problem, const std::vector<Placement>& plan, int device) {
  BreakEven result;
  result.index = device;
  result.now = 1.0;
  const Decision decision(plan, [&](double factor) {
    Problem changed = problem;
    slow_down(changed.devices[at(device)], 1.0 / factor);
    return changed;
  });
  result.below = decision.break_even(false);
  result.above = decision.break_even(true);
  return result;
}

}  // namespace

void explain(const Problem& problem, int count, Solution& solution) {
  if (!solution.feasible) return;
  solution.alternatives = best_other_plans(problem, solution.stages, count);
  const Problem matrix = with_link_matrix(problem);
  if (!is_quick(problem) || !is_quick(matrix)) {
    solution.warnings.push_back(
        "what would change the decision was not looked for: the problem is too large");
    return;
  }
  for (int l = 0; l + 1 < static_cast<int>(solution.stages.size()); ++l) {
    solution.link_bandwidth.push_back(link_break_even(matrix, solution.stages, l));
  }
  for (int d = 0; d < problem.device_count(); ++d) {
    solution.device_speed.push_back(speed_break_even(problem, solution.stages, d));
  }
}

}  // namespace acceptlab::partition
