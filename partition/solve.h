#pragma once

#include <cstddef>

#include "partition/problem.h"
#include "partition/solution.h"
#include "runtime/base/result.h"

namespace acceptlab::partition {

struct SolveOptions {
  // Effort of the solver for many devices in free order, in steps of its search, not in seconds:
  // equal problems have equal plans.
  std::size_t search_steps = 2000;
};

// The best plan. An error (kConfig) where the problem makes no sense; `feasible` is false, with the
// reason, where it does but no plan satisfies it. Exact, with is_optimal set, but for kFree with so
// many different devices that it says how far from its proven bound it may be.
// Of equal plans: the least quality cost, then the fewest stages, then the least sum of all times.
Result<Solution> solve(const Problem& problem, const SolveOptions& options = {});

// The plan's stages and links priced; the same arithmetic as in every solver.
// Requires: check(problem) has no error; placements cover the units in order, one device each.
Evaluation evaluate(const Problem& problem, const std::vector<Placement>& stages);

// Adds the `count` best other plans, and the break-even values of every link in use and of every
// device. Solves the problem some hundred times.
void explain(const Problem& problem, int count, Solution& solution);

}  // namespace acceptlab::partition
