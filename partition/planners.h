#pragma once

#include <memory>
#include <vector>

#include "partition/problem.h"
#include "partition/solution.h"
#include "runtime/ports/planner.h"

namespace acceptlab::partition {

// Behind the port of the runtime. Each takes the times of sub-models from the forecaster it is
// given, everything else from the problem.

// The best plan, as solve() finds it.
std::unique_ptr<Planner> make_solving_planner(Problem problem);

// The same number of units for every device in order, the first ones having one more where it does
// not divide. Looks at no times; says what they will be.
std::unique_ptr<Planner> make_even_planner(Problem problem);

// The cuts a user gives: the last unit, counted from 1, of each stage but the last. Stages go to
// the devices in order; devices beyond the last stage are left out, so no cut at all is device 0
// alone.
std::unique_ptr<Planner> make_given_planner(Problem problem, std::vector<int> cuts);

// A plan's stages as the problem's evaluate() takes them.
std::vector<Placement> placements_of(const Plan& plan, const Problem& problem);

// What the given stages would take, with the codecs that are best for them (whatever those of
// `plan`). Requires: they cover the problem's units in order, each on a device of its own.
Plan predicted(const Problem& problem, const Plan& plan, const Forecaster& times);

// The problem with the forecast times of every sub-model on every device. A device of factor f adds
// f times the optimizer steps of the units to the backward pass.
Problem with_times(Problem problem, const Forecaster& times);

}  // namespace acceptlab::partition
