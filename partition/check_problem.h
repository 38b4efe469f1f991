#pragma once

#include <optional>

#include "runtime/ports/planner.h"

namespace acceptlab::partition {

// Why the problem makes no sense, whatever the planner: a kConfig error naming the field and its
// values; nothing where it does. The diagonal of `bandwidth` is not looked at.
// Requires: problem.times is set.
std::optional<Error> check_problem(const PlanProblem& problem);

}  // namespace acceptlab::partition
