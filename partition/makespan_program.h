#pragma once

#include <cstddef>

#include "partition/state_space.h"

namespace acceptlab::partition {

// The least makespan of GPipe: what one micro-batch takes through all stages and links, and the
// slowest of them, forward and backward apart, once for each other micro-batch. A part of a plan is
// judged by all of these, so the program keeps every label that no other one beats in all
// (Pareto-optimal). Of equal makespans the least quality cost, then the fewest stages. Keeps the
// budget of quality.
struct MakespanResult {
  Placements plan;
  bool is_exhaustive = true;  // false: more than `most_labels`, so a better plan may exist
};

// Requires: `known`, if set, is a feasible plan; what is not better than it is not looked at.
MakespanResult least_makespan(const Costs& costs, const StateSpace& space, const Placements& known,
                              std::size_t most_labels);

}  // namespace acceptlab::partition
