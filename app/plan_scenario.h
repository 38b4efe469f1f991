#pragma once

#include "app/plan/plan_command.h"

namespace acceptlab::app {

// The problem of `acceptlab plan SCENARIO`: of the devices, links and codecs that `acceptlab run`
// would take. Where the scenario's solver makes the plan without choosing ("even", "given"), that
// plan is in the input. Throws ConfigError.
PlanInput scenario_problem(const PlanArguments& arguments);

}  // namespace acceptlab::app
