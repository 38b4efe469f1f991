#pragma once

#include <cstddef>

#include "partition/problem.h"
#include "partition/solution.h"
#include "runtime/base/result.h"

namespace acceptlab::partition {

struct SolveOptions {
  // How long free order is searched where the devices are too many to be exact: about the number of
  // devices placed in orders that are tried. No time: equal problems have equal plans.
  std::size_t search_effort = 20'000;
};

// The best plan. An error (kConfig) where the problem makes no sense; `feasible` is false, with the
// reason, where it does but no plan satisfies it. Exact, with is_optimal set, but for kFree with
// very many different devices, and kMakespan of very large problems: then the proven bound says how
// far from the best it may be.
// Of equal plans, or with a time_tolerance of those near the fastest: the least quality cost, then
// the fewest stages, then the least sum of all times; in very large problems whichever of the
// fastest was found.
Result<Solution> solve(const Problem& problem, const SolveOptions& options = {});

// The plan's stages and links priced; the same arithmetic as in every solver.
// Requires: check(problem) has no error; placements cover the units in order, one device each.
Evaluation evaluate(const Problem& problem, const std::vector<Placement>& stages);

// Adds the `count` best other plans (not for kMakespan), and the break-even values of every link in
// use and of every device. Solves the problem some hundred times, so where that would take minutes
// it adds a warning instead.
// Requires: solution is solve's for the problem.
void explain(const Problem& problem, int count, Solution& solution);

}  // namespace acceptlab::partition
