#pragma once

#include <optional>

#include "partition/costs.h"
#include "partition/device_order.h"

namespace acceptlab::partition {

// The least bottleneck over all orders and subsets of the devices. "Is there a plan within lambda?"
// is answered for all multisets of devices in turn with the set of cuts, as bits, behind which just
// these devices can do the rest; lambda is searched among the times that a stage or link takes.

// What a question costs: words of its table. Nothing where they cannot be counted.
std::optional<std::size_t> free_search_words(const Costs& costs);
inline constexpr std::size_t kMostFreeSearchWords = std::size_t{1} << 23;

// A plan with the least bottleneck, of those one with the fewest stages where the sets are not too
// many to look at again; nothing where none is feasible. `start` is a plan to begin from, if there
// is one.
// Requires: free_search_words <= kMostFreeSearchWords; no quality budget.
Placements search_free_order(const Costs& costs, const Placements& start);

}  // namespace acceptlab::partition
