#pragma once

#include "partition/costs.h"

namespace acceptlab::partition {

// Times below which no plan can be, whatever its order and subset of devices.

// From compute alone: some device has the slowest unit, and all devices together must do all the
// work. 0 where times of sub-models are given, which follow no rule.
double compute_bound_us(const Costs& costs);

// The sum of the units' times, each on the device that is fastest for it; 0 as above.
double least_work_us(const Costs& costs);

}  // namespace acceptlab::partition
