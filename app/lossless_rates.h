#pragma once

#include "app/plan_history.h"
#include "app/planning.h"
#include "compression/codec.h"
#include "runtime/link_meter.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// What decides whether zstd pays for a message of a stage: the rate that `meter` has measured on
// its way and what the profiles of both ends say of zstd (nothing: it is free), slowed down as the
// devices are at the start. `plans` and `meter` outlive what is returned.
compression::LosslessRateSource lossless_rates(const scenarios::Scenario& scenario,
                                               const PlanHistory& plans,
                                               const DeviceProfiles& profiles,
                                               const LinkMeter& meter);

}  // namespace acceptlab::app
