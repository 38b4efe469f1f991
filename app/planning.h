#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "runtime/device_profile.h"
#include "runtime/plan.h"
#include "runtime/ports/adaptive_forecaster.h"
#include "runtime/ports/forecaster.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

struct RunCodec;  // run_codecs.h

// Times of every device of the scenario, its slowdown not yet applied; [0] is the central node's.
using DeviceProfiles = std::vector<DeviceProfile>;

// What the scenario's solver believes of the devices' times.
std::unique_ptr<Forecaster> make_forecaster(const scenarios::Scenario& scenario,
                                            const DeviceProfiles& profiles);

// What learns the devices' times during the run: the capacity rule or the trained predictor, by
// partition.times. Requires: it is one of the two. Throws ConfigError where the predictor cannot be
// had.
std::unique_ptr<AdaptiveForecaster> make_adaptive_forecaster(const scenarios::Scenario& scenario,
                                                             const DeviceProfiles& profiles);

// The cut that the scenario's method chooses, and the codecs of its links. `codecs`:
// sizing_codecs(scenario), here and below. Throws ConfigError, with the reason, where there is
// none.
Plan make_plan(const scenarios::Scenario& scenario, const DeviceProfiles& profiles,
               const std::vector<RunCodec>& codecs);

// The same stages with the codecs that are best for them, and the times that the scenario's solver
// believes of them. Throws ConfigError
// where they are not a plan for the scenario's model and devices.
Plan with_predicted_times(const Plan& plan, const scenarios::Scenario& scenario,
                          const DeviceProfiles& profiles, const std::vector<RunCodec>& codecs);

// The time for one mini-batch of the whole model (forward, backward, update; no network) of the
// fastest device that can hold it; nothing where none can. Slowdowns that begin later do not count.
std::optional<Duration> best_single_device_time(const scenarios::Scenario& scenario,
                                                const DeviceProfiles& profiles);

}  // namespace acceptlab::app
