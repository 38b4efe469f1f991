#pragma once

#include "app/planning.h"
#include "partition/problem.h"
#include "runtime/ports/tensor_codec.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// What the cut of a scenario is chosen by, but for the times of sub-models, which a forecaster adds
// (partition::with_times): messages as they cross (encoded, with the frame's header), codec times
// as the device profiles record them (none are counted where they do not), planning rates and
// delays of the links.
partition::Problem partition_problem(const scenarios::Scenario& scenario,
                                     const DeviceProfiles& profiles, const TensorCodec& forward,
                                     const TensorCodec& backward);

// Whether every device's profile records the times of the scenario's codecs.
bool knows_codec_times(const scenarios::Scenario& scenario, const DeviceProfiles& profiles);

}  // namespace acceptlab::app
