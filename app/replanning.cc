#include "app/replanning.h"

#include <algorithm>
#include <map>
#include <utility>

#include "app/feedback_memory.h"
#include "app/partition_problem.h"
#include "partition/costs.h"
#include "partition/planners.h"
#include "partition/solve.h"
#include "runtime/base/result.h"
#include "runtime/plan_in_force.h"
#include "runtime/torch/device.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

Duration from_us(double us) { return from_seconds(us * 1e-6); }

bool same_stages(const Plan& a, const Plan& b) {
  return std::equal(a.stages.begin(), a.stages.end(), b.stages.begin(), b.stages.end(),
                    [](const PlannedStage& x, const PlannedStage& y) {
                      return x.device == y.device && x.units == y.units;
                    });
}

// From one mini-batch's entering to its leaving an empty pipeline.
double traversal_us(const partition::Evaluation& cost) {
  double sum = 0.0;
  for (const partition::StageTimes& stage : cost.stages) sum += stage.busy_us;
  for (const partition::LinkTimes& link : cost.links) sum += link.forward_us + link.backward_us;
  return sum;
}

}  // namespace

SolvingReplanner::SolvingReplanner(const Scenario& scenario, const DeviceProfiles& profiles,
                                   partition::Problem problem,
                                   std::unique_ptr<AdaptiveForecaster> times,
                                   const TrainingShape& shape, std::vector<Bytes> unit_state)
    : scenario_(scenario),
      profiles_(profiles),
      problem_(std::move(problem)),
      times_(std::move(times)),
      shape_(shape),
      unit_state_(std::move(unit_state)),
      planner_(partition::make_solving_planner(problem_)),
      threshold_{scenario.adaptation.min_gain, scenario.adaptation.hysteresis_factor} {}

// Where nothing was measured (a stage faster than the clock tells) there is nothing to learn.
void SolvingReplanner::observe(DeviceId device, UnitRange units, const StageTime& time) {
  if (time.total() > Duration(0)) times_->observe(device, units, time);
}

std::optional<Replan> SolvingReplanner::replan(const Plan& current, std::int64_t batches_left) {
  Result<Plan> better = planner_->plan(*times_);
  if (!better || same_stages(better.value(), current)) return std::nullopt;
  const partition::Problem problem = partition::with_times(problem_, *times_);
  const auto time_of = [&problem](const Plan& plan) {
    return from_us(
        partition::evaluate(problem, partition::placements_of(plan, problem)).objective_us);
  };
  const Duration now = time_of(current);
  const Duration then = time_of(better.value());
  const Duration cost = move_cost(problem, current, better.value());
  if (!threshold_.worth(now, then, cost, batches_left)) return std::nullopt;
  if (!fits_codec_memory(better.value())) return std::nullopt;
  return Replan{std::move(better).value(), now - then, cost};
}

Duration SolvingReplanner::move_cost(const partition::Problem& problem, const Plan& from,
                                     const Plan& to) const {
  std::map<std::pair<DeviceId, DeviceId>, double> bytes;
  for (const PlannedStage& stage : to.stages) {
    for (const OwnedUnits& part : units_elsewhere(from, stage.device, stage.units)) {
      for (int unit = part.units.begin; unit < part.units.end; ++unit) {
        bytes[{part.owner, stage.device}] +=
            static_cast<double>(unit_state_[static_cast<std::size_t>(unit)].count());
      }
    }
  }
  double slowest_us = 0.0;
  for (const auto& [ends, size] : bytes) {
    const partition::Link& link = problem.links[static_cast<std::size_t>(ends.first.value)]
                                               [static_cast<std::size_t>(ends.second.value)];
    const double rate = link.bandwidth_bytes_per_s.value_or(partition::Costs::kNoLimit);
    slowest_us = std::max(slowest_us, link.latency_us + 1e6 * size / rate);
  }
  const auto traversal = [&problem](const Plan& plan) {
    return traversal_us(partition::evaluate(problem, partition::placements_of(plan, problem)));
  };
  return from_us(slowest_us + traversal(from) + traversal(to));
}

bool SolvingReplanner::fits_codec_memory(const Plan& plan) const {
  try {
    feedback_memory(scenario_, plan, shape_, profiles_);
  } catch (const ConfigError&) {
    return false;
  }
  return true;
}

std::unique_ptr<Replanner> make_replanner(const Scenario& scenario, const DeviceProfiles& profiles,
                                          const TrainingShape& shape, const TensorCodec& forward,
                                          const TensorCodec& backward) {
  if (!scenario.adaptation.enabled) return nullptr;
  const scenarios::ModelSettings& model = scenario.model;
  return std::make_unique<SolvingReplanner>(
      scenario, profiles, partition_problem(scenario, profiles, forward, backward),
      make_adaptive_forecaster(scenario, profiles), shape,
      torch_stage::moved_unit_sizes({model.name, model.width, model.classes}));
}

}  // namespace acceptlab::app
