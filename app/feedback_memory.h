#pragma once

#include <string>
#include <vector>

#include "app/planning.h"
#include "runtime/base/units.h"
#include "runtime/plan.h"
#include "runtime/training_shape.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// What the codecs' feedback remembers at most, by stage. An activation delta: float32 for every
// training sample at both ends of each cut. Error feedback: float32 for a micro-batch's gradient at
// its sender. Throws ConfigError where codec.delta_memory_mb or the memory of a device is too
// small.
std::vector<Bytes> feedback_memory(const scenarios::Scenario& scenario, const Plan& plan,
                                   const TrainingShape& shape, const DeviceProfiles& profiles);

// "codec memory: 96.00 MB of feedback (stage 0: 48.00, stage 1: 48.00)". Empty where there is none.
std::string feedback_memory_text(const std::vector<Bytes>& by_stage);

}  // namespace acceptlab::app
