#pragma once

#include <vector>

#include "results/stage_times.h"
#include "runtime/base/ids.h"
#include "runtime/device_profile.h"
#include "scenarios/scenario.h"
#include "sim/cost_model.h"

namespace acceptlab::app {

// `profile` of a device as the training of the stage `units` has shown it: forward and backward of
// that sub-model are what they took there, and updates and codecs are slower or faster by one
// factor each, such that the stage's sums are what they took there. What passes between the pieces
// of work counts as part of the update. A measured zero, or a sum that the profile has as zero,
// changes nothing; nor do codecs change where the scenario has several to choose from.
DeviceProfile as_in_training(DeviceProfile profile, UnitRange units,
                             const results::StageTimes& times, const scenarios::Scenario& scenario);

// How every mini-batch of the record differed from `usual`.
std::vector<sim::CostFactors> variation(const results::StageRecord& record,
                                        const results::StageTimes& usual);

}  // namespace acceptlab::app
