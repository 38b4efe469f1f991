#pragma once

#include <optional>
#include <vector>

#include "partition/dag/downset_lattice.h"

namespace acceptlab::partition {

struct LatticeGoal {
  int stages = 1;
  bool at_most = false;
  double us_per_cut_byte = 0.0;
};

// The boundaries behind each stage, the last being the whole graph, and the largest time of a stage
// or link. Times are differences and sums as the lattice holds them.
struct LatticePlan {
  std::vector<int> boundaries;  // downsets, each within the next, none empty
  double bottleneck_us = 0.0;
};

// No plan has a smaller bottleneck, be it over all the lattice or only a chain in it.
double stage_bound_us(const PieceGraph& graph, int stages);

// The plan with the least bottleneck; nothing where none is below `below_us`. Of equal ones, a plan
// with little to send. Requires: goal.stages at least 1, lower_bound_us no more than any plan's.
std::optional<LatticePlan> best_plan(const DownsetLattice& lattice, const LatticeGoal& goal,
                                     double lower_bound_us, double below_us);

}  // namespace acceptlab::partition
