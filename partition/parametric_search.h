#pragma once

#include "partition/costs.h"
#include "partition/device_order.h"

namespace acceptlab::partition {

// The least bottleneck in fixed order by asking "is there a plan within lambda?" for a few values
// of lambda (Pinar and Aykanat, "Fast optimal load balancing algorithms for 1D partitioning", JPDC
// 2004, exact bisection; here with unequal devices, memory and links). Each answer moves a bound to
// a time that some stage or link really takes, so the search ends at the optimum, not near it.
//
// A question is answered device by device with the set of cuts that can be reached, as bits. It
// rests on a longer stage never being faster or smaller.

// Whether it solves the problem: stages are sums of unit times, a cut has no codec to choose and no
// codec work, memory does not count the stages behind.
bool parametric_search_applies(const Costs& costs);

// A plan with the least bottleneck, whichever of several; nothing where none is feasible.
// Requires: parametric_search_applies(costs).
Placements search_chain(const Costs& costs, const DeviceOrder& order);

}  // namespace acceptlab::partition
