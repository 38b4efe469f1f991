#pragma once

#include <vector>

#include "partition/costs.h"
#include "partition/solution.h"

namespace acceptlab::partition {

// The stages with the codecs of their cuts chosen as solve() would, the cuts staying where they are
// and the problem's budget of quality left aside.
std::vector<Placement> with_best_codecs(const Costs& costs, std::vector<Placement> stages);

}  // namespace acceptlab::partition
