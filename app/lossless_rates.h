#pragma once

#include <vector>

#include "app/planning.h"
#include "compression/codec.h"
#include "runtime/link_meter.h"
#include "runtime/stage_config.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// What decides whether zstd pays for a message of a stage: the rate that `meter` has measured on
// its way and what the profiles of both ends say of zstd (nothing: it is free), slowed down as the
// devices are at the start. `meter` outlives what is returned.
compression::LosslessRateSource lossless_rates(const scenarios::Scenario& scenario,
                                               const std::vector<StageConfig>& configs,
                                               const DeviceProfiles& profiles,
                                               const LinkMeter& meter);

}  // namespace acceptlab::app
