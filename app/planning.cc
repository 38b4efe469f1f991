#include "app/planning.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/partition_problem.h"
#include "app/predictor/predictor_json.h"
#include "partition/planners.h"
#include "predictor/capacity_forecaster.h"
#include "predictor/equal_forecaster.h"
#include "predictor/profile_forecaster.h"
#include "predictor/trained_forecaster.h"
#include "runtime/base/check.h"
#include "runtime/base/result.h"

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
std::unique_ptr<AdaptiveForecaster> capacity_times(const Scenario& scenario,
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

// AccEPT: every device is probed before training. What its probes take is known from its profile.
std::unique_ptr<AdaptiveForecaster> trained_times(const Scenario& scenario,
                                                  const DeviceProfiles& profiles) {
  const PredictorFile file = read_predictor(scenario.partition.predictor);
  const DeviceProfile& central = profiles[0];
  const std::string has = predictor_subject(file.model, file.width, file.batch_samples, file.units);
  const std::string wanted = predictor_subject(central.model, central.width, central.batch_samples,
                                               static_cast<int>(central.units.size()));
  if (has != wanted) {
    throw ConfigError(scenario.partition.predictor + ": is a predictor of " + has +
                      ", the scenario trains " + wanted +
                      "; train one with 'acceptlab predictor train'");
  }
  const predictor::ProfileForecaster truth = true_times(scenario, profiles);
  std::vector<std::vector<predictor::TimedSubModel>> probes(profiles.size());
  for (std::size_t d = 0; d < profiles.size(); ++d) {
    for (const UnitRange probe : file.probes) {
      const StageTime time = truth.predict(DeviceId{static_cast<int>(d)}, probe);
      if (time.forward <= Duration(0) || time.backward <= Duration(0)) {
        throw ConfigError("profile of device '" + scenario.devices[d].name +
                          "': the probe of units " + to_string(probe) + " takes no time");
      }
      probes[d].push_back({probe, time});
    }
  }
  return std::make_unique<predictor::TrainedForecaster>(file.prior, file.units, probes);
}

std::unique_ptr<Planner> make_planner(const Scenario& scenario, partition::Problem problem) {
  switch (scenario.partition.solver) {
    case scenarios::Solver::kEven:
      return partition::make_even_planner(std::move(problem));
    case scenarios::Solver::kGiven:
      return partition::make_given_planner(std::move(problem), scenario.partition.cuts);
    case scenarios::Solver::kDp:
      break;
  }
  return partition::make_solving_planner(std::move(problem));
}

}  // namespace

std::unique_ptr<Forecaster> make_forecaster(const Scenario& scenario,
                                            const DeviceProfiles& profiles) {
  switch (scenario.partition.times) {
    case scenarios::TimeSource::kProfile:
      break;
    case scenarios::TimeSource::kCapacity:
    case scenarios::TimeSource::kPredictor:
      return make_adaptive_forecaster(scenario, profiles);
    case scenarios::TimeSource::kEqual:
      return std::make_unique<predictor::EqualForecaster>(profiles[0],
                                                          scenario.devices[0].slowdown);
  }
  return std::make_unique<predictor::ProfileForecaster>(true_times(scenario, profiles));
}

std::unique_ptr<AdaptiveForecaster> make_adaptive_forecaster(const Scenario& scenario,
                                                             const DeviceProfiles& profiles) {
  if (scenario.partition.times == scenarios::TimeSource::kCapacity) {
    return capacity_times(scenario, profiles);
  }
  ACCEPTLAB_CHECK(scenario.partition.times == scenarios::TimeSource::kPredictor);
  return trained_times(scenario, profiles);
}

Plan make_plan(const Scenario& scenario, const DeviceProfiles& profiles, const RunCodecs& codecs) {
  const std::unique_ptr<Forecaster> times = make_forecaster(scenario, profiles);
  partition::Problem problem = partition_problem(scenario, profiles, codecs);
  // A single device has no choice to make.
  const std::unique_ptr<Planner> planner =
      scenario.schedule.kind == scenarios::ScheduleKind::kSingle
          ? partition::make_even_planner(std::move(problem))
          : make_planner(scenario, std::move(problem));
  const Result<Plan> plan = planner->plan(*times);
  if (!plan)
    throw ConfigError("no plan for scenario '" + scenario.name + "': " + plan.error().message);
  return plan.value();
}

Plan with_predicted_times(const Plan& plan, const Scenario& scenario,
                          const DeviceProfiles& profiles, const RunCodecs& codecs) {
  const bool fits = plan.stages.back().units.end == static_cast<int>(profiles[0].units.size()) &&
                    std::all_of(plan.stages.begin(), plan.stages.end(), [&](const auto& stage) {
                      return stage.device.value < static_cast<int>(scenario.devices.size());
                    });
  if (!fits) throw ConfigError("the plan in force is of another model or of other devices");
  return partition::predicted(partition_problem(scenario, profiles, codecs), plan,
                              *make_forecaster(scenario, profiles));
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
