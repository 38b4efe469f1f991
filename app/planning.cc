#include "app/planning.h"

#include <algorithm>
#include <memory>

#include "app/links.h"
#include "partition/planners.h"
#include "predictor/capacity_forecaster.h"
#include "predictor/equal_forecaster.h"
#include "predictor/profile_forecaster.h"
#include "runtime/base/result.h"
#include "runtime/frame.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

predictor::ProfileForecaster true_times(const Scenario& scenario, const DeviceProfiles& profiles) {
  std::vector<predictor::ProfiledDevice> devices;
  for (std::size_t d = 0; d < profiles.size(); ++d) {
    devices.push_back({profiles[d], scenario.devices[d].slowdown});
  }
  return predictor::ProfileForecaster(std::move(devices));
}

// FTPipeHD: every device first trains its part of an even split, which is what is measured of it.
std::unique_ptr<Forecaster> capacity_times(const Scenario& scenario,
                                           const DeviceProfiles& profiles) {
  const predictor::ProfileForecaster truth = true_times(scenario, profiles);
  const int units = static_cast<int>(profiles[0].units.size());
  const int devices = std::min(static_cast<int>(profiles.size()), units);
  const auto begin_of = [&](int part) {
    return part * (units / devices) + std::min(part, units % devices);
  };
  std::vector<predictor::StageMeasurement> measured;
  for (int d = 0; d < static_cast<int>(profiles.size()); ++d) {
    const int part = std::min(d, devices - 1);
    const UnitRange range{begin_of(part), begin_of(part + 1)};
    measured.push_back({DeviceId{d}, range, truth.predict(DeviceId{d}, range)});
  }
  return std::make_unique<predictor::CapacityForecaster>(profiles[0], measured);
}

std::unique_ptr<Planner> make_planner(const Scenario& scenario) {
  switch (scenario.partition.solver) {
    case scenarios::Solver::kEven:
      return partition::make_even_planner();
    case scenarios::Solver::kGiven:
      return partition::make_given_planner(scenario.partition.cuts);
    case scenarios::Solver::kDp:
      break;
  }
  if (scenario.partition.mode == scenarios::DeviceOrder::kFree ||
      scenario.partition.objective == scenarios::PlanObjective::kMakespan) {
    throw ConfigError("scenario '" + scenario.name +
                      "': only 'acceptlab plan' knows partition.mode = \"free\" and "
                      "partition.objective = \"makespan\"");
  }
  return partition::make_dp_planner(scenario.partition.mode == scenarios::DeviceOrder::kFixedAll
                                        ? partition::DpMode::kFixedAll
                                        : partition::DpMode::kFixedSkip);
}

PlanProblem make_problem(const Scenario& scenario, const DeviceProfiles& profiles,
                         const TensorCodec& forward, const TensorCodec& backward) {
  const auto& units = profiles[0].units;
  PlanProblem problem;
  problem.units = static_cast<int>(units.size());
  problem.memory_factor = scenario.partition.memory_factor;
  for (std::size_t u = 0; u < units.size(); ++u) {
    problem.parameter_bytes.push_back(Bytes(4 * units[u].parameter_values));
    if (u + 1 == units.size()) break;
    const auto values =
        static_cast<std::size_t>(units[u].output_values * scenario.training.batch_samples);
    problem.activation_bytes.push_back(forward.encoded_size(values) + Bytes(kFrameHeaderSize));
    problem.gradient_bytes.push_back(backward.encoded_size(values) + Bytes(kFrameHeaderSize));
  }
  for (const scenarios::Device& device : scenario.devices) {
    PlanDevice limits;
    if (device.memory_mb) limits.memory = Bytes(static_cast<std::int64_t>(*device.memory_mb * 1e6));
    problem.devices.push_back(limits);
  }
  const int count = static_cast<int>(scenario.devices.size());
  problem.bandwidth.resize(scenario.devices.size());
  for (int from = 0; from < count; ++from) {
    for (int to = 0; to < count; ++to) {
      // A device needs no link to itself; any positive rate says so.
      problem.bandwidth[static_cast<std::size_t>(from)].push_back(
          from == to ? BitsPerSecond(1) : planning_rate(scenario, from, to));
    }
  }
  return problem;
}

// A single device has no choice to make, and needs no link.
void keep_central_node_only(PlanProblem& problem) {
  problem.devices.resize(1);
  problem.bandwidth = {{BitsPerSecond(1)}};
}

}  // namespace

std::unique_ptr<Forecaster> make_forecaster(const Scenario& scenario,
                                            const DeviceProfiles& profiles) {
  switch (scenario.partition.times) {
    case scenarios::TimeSource::kProfile:
      break;
    case scenarios::TimeSource::kCapacity:
      return capacity_times(scenario, profiles);
    case scenarios::TimeSource::kEqual:
      return std::make_unique<predictor::EqualForecaster>(profiles[0]);
  }
  return std::make_unique<predictor::ProfileForecaster>(true_times(scenario, profiles));
}

Plan make_plan(const Scenario& scenario, const DeviceProfiles& profiles, const TensorCodec& forward,
               const TensorCodec& backward) {
  const std::unique_ptr<Forecaster> times = make_forecaster(scenario, profiles);
  PlanProblem problem = make_problem(scenario, profiles, forward, backward);
  problem.times = times.get();
  std::unique_ptr<Planner> planner = make_planner(scenario);
  if (scenario.schedule.kind == scenarios::ScheduleKind::kSingle) {
    keep_central_node_only(problem);
    planner = partition::make_even_planner();
  }
  Result<Plan> plan = planner->plan(problem);
  if (!plan)
    throw ConfigError("no plan for scenario '" + scenario.name + "': " + plan.error().message);
  return std::move(plan).value();
}

std::optional<Duration> best_single_device_time(const Scenario& scenario,
                                                const DeviceProfiles& profiles) {
  std::optional<Duration> best;
  for (std::size_t d = 0; d < profiles.size(); ++d) {
    const scenarios::Device& device = scenario.devices[d];
    double parameter_bytes = 0.0;
    for (const UnitProfile& unit : profiles[d].units) {
      parameter_bytes += 4.0 * static_cast<double>(unit.parameter_values);
    }
    const double needed = scenario.partition.memory_factor * parameter_bytes;
    if (device.memory_mb && needed > *device.memory_mb * 1e6) continue;
    const UnitRange all{0, static_cast<int>(profiles[d].units.size())};
    const Duration full_speed = profiles[d].time(all).total() + profiles[d].update_time(all);
    const Duration time = from_milliseconds(to_milliseconds(full_speed) * device.slowdown);
    if (!best || time < *best) best = time;
  }
  return best;
}

}  // namespace acceptlab::app
