#pragma once

#include <cstddef>

#include "partition/costs.h"
#include "partition/device_order.h"

namespace acceptlab::partition {

// A good plan in free order where the devices are too many to try all sets of them. First units are
// dealt out from the front, each time to the device that wastes the least of lambda, for the least
// lambda for which that works; then the best order so far is improved by swapping devices, each
// order solved exactly. Deterministic.
//
// `effort` is about the number of devices placed in orders that are solved. Nothing where no
// feasible plan was found. Requires: `bound_us` is no more than any plan's bottleneck.
Placements search_orders(const Costs& costs, double bound_us, std::size_t effort);

// The least bottleneck in one order, by the fastest solver that knows the problem's costs; of equal
// plans any.
Placements solve_order(const Costs& costs, const DeviceOrder& order);

}  // namespace acceptlab::partition
