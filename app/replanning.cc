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
#include "runtime/plan.h"
#include "runtime/plan_in_force.h"
#include "runtime/torch/device.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

Duration from_us(double us) { return from_seconds(us * 1e-6); }

bool same_codecs(const Plan& a, const Plan& b) {
  return std::equal(
      a.stages.begin(), a.stages.end(), b.stages.begin(), b.stages.end(),
      [](const PlannedStage& x, const PlannedStage& y) { return x.codec == y.codec; });
}

// From one mini-batch's entering to its leaving an empty pipeline.
double traversal_us(const partition::Evaluation& cost) {
  double sum = 0.0;
  for (const partition::StageTimes& stage : cost.stages) sum += stage.busy_us;
  for (const partition::LinkTimes& link : cost.links) sum += link.forward_us + link.backward_us;
  return sum;
}

// The problem with some of its devices only, in their order.
partition::Problem restricted(const partition::Problem& whole,
                              const std::vector<DeviceId>& devices) {
  partition::Problem part = whole;
  part.devices.clear();
  part.links.clear();
  for (const DeviceId device : devices) {
    const auto from = static_cast<std::size_t>(device.value);
    part.devices.push_back(whole.devices[from]);
    if (whole.links.empty()) continue;
    std::vector<partition::Link>& links = part.links.emplace_back();
    for (const DeviceId to : devices) {
      links.push_back(whole.links[from][static_cast<std::size_t>(to.value)]);
    }
  }
  return part;
}

// For a restricted problem, whose devices have other numbers.
class RestrictedForecaster : public Forecaster {
 public:
  // Both outlive it.
  RestrictedForecaster(const Forecaster& times, const std::vector<DeviceId>& devices)
      : times_(times), devices_(devices) {}
  StageTime predict(DeviceId device, UnitRange units) const override {
    return times_.predict(devices_[static_cast<std::size_t>(device.value)], units);
  }

 private:
  const Forecaster& times_;
  const std::vector<DeviceId>& devices_;
};

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
      threshold_{scenario.adaptation.min_gain, scenario.adaptation.hysteresis_factor} {
  for (int d = 0; d < problem_.device_count(); ++d) devices_.push_back(DeviceId{d});
}

// Where nothing was measured (a stage faster than the clock tells) there is nothing to learn.
void SolvingReplanner::observe(DeviceId device, UnitRange units, const StageTime& time) {
  if (time.total() > Duration(0)) times_->observe(device, units, time);
}

void SolvingReplanner::observe_link(DeviceId from, DeviceId to, BitsPerSecond rate) {
  if (!scenario_.codec.is_chosen()) return;
  problem_.links[static_cast<std::size_t>(from.value)][static_cast<std::size_t>(to.value)]
      .bandwidth_bytes_per_s = static_cast<double>(rate.count()) / 8.0;
}

std::optional<Replan> SolvingReplanner::replan(const Plan& current, std::int64_t batches_left) {
  const partition::Problem problem = partition::with_times(problem_, *times_);
  const auto time_of = [&problem](const Plan& plan) {
    return from_us(
        partition::evaluate(problem, partition::placements_of(plan, problem)).objective_us);
  };
  // Other codecs come for free: a move has to be better than those.
  const Plan recoded = partition::predicted(problem_, current, *times_);
  Result<Plan> better = best_plan();
  if (better && !same_stages(better.value(), current)) {
    const Duration then = time_of(better.value());
    const Duration cost = move_cost(problem, current, better.value());
    if (threshold_.worth(time_of(recoded), then, cost, batches_left) &&
        fits_codec_memory(better.value())) {
      return Replan{std::move(better).value(), time_of(current) - then, cost};
    }
  }
  return recode(problem, current, recoded);
}

std::optional<Replan> SolvingReplanner::recode(const partition::Problem& problem,
                                               const Plan& current, const Plan& recoded) const {
  if (same_codecs(current, recoded)) return std::nullopt;
  const auto cost_of = [&problem](const Plan& plan) {
    return partition::evaluate(problem, partition::placements_of(plan, problem));
  };
  const partition::Evaluation before = cost_of(current);
  const partition::Evaluation after = cost_of(recoded);
  const Duration now = from_us(before.objective_us);
  const Duration then = from_us(after.objective_us);
  const bool loses_less = after.quality_cost < before.quality_cost;
  if (!loses_less && !threshold_.worth(now, then, Duration(0), 1)) return std::nullopt;
  return Replan{recoded, now - then, Duration(0)};
}

std::optional<Plan> SolvingReplanner::plan_on(const std::vector<DeviceId>& devices) {
  devices_ = devices;
  Result<Plan> best = best_plan();
  if (!best || !fits_codec_memory(best.value())) return std::nullopt;
  return std::move(best).value();
}

Result<Plan> SolvingReplanner::best_plan() const {
  const auto planner = partition::make_solving_planner(restricted(problem_, devices_));
  Result<Plan> best = planner->plan(RestrictedForecaster(*times_, devices_));
  if (!best) return best;
  Plan plan = std::move(best).value();
  for (PlannedStage& stage : plan.stages) {
    stage.device = devices_[static_cast<std::size_t>(stage.device.value)];
  }
  return plan;
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
                                          const TrainingShape& shape, const RunCodecs& codecs) {
  if (!scenario.adaptation.enabled) return nullptr;
  const scenarios::ModelSettings& model = scenario.model;
  return std::make_unique<SolvingReplanner>(
      scenario, profiles, partition_problem(scenario, profiles, codecs),
      make_adaptive_forecaster(scenario, profiles), shape,
      torch_stage::moved_unit_sizes({model.name, model.width, model.classes}));
}

}  // namespace acceptlab::app
