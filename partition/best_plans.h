#pragma once

#include <vector>

#include "partition/problem.h"
#include "partition/solution.h"

namespace acceptlab::partition {

// The `count` plans with the least bottlenecks but for `plan`, best first; of equal ones those with
// fewer stages first as far as found. Devices that are alike are not told apart. Fewer where there
// are no more; none for kMakespan, with a budget of quality, or where free order has too many sets
// of devices.
std::vector<Alternative> best_other_plans(const Problem& problem,
                                          const std::vector<Placement>& plan, int count);

}  // namespace acceptlab::partition
