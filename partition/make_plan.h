#pragma once

#include <vector>

#include "runtime/ports/planner.h"

namespace acceptlab::partition {

struct StageChoice {
  DeviceId device;
  UnitRange units;
};

// Fills in the predicted times of the stages, of the links between them, and their largest.
// Requires: check_problem has no error; stages cover the units in order.
Plan make_plan(const PlanProblem& problem, const std::vector<StageChoice>& stages);

// As make_plan, but a kConfig error naming the first stage that its device's memory does not hold.
Result<Plan> make_plan_within_memory(const PlanProblem& problem,
                                     const std::vector<StageChoice>& stages);

}  // namespace acceptlab::partition
