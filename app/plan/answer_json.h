#pragma once

#include <string>

#include "app/plan/problem_json.h"
#include "partition/solution.h"

namespace acceptlab::app {

// The answer as JSON, its keys as partition/PROBLEM.md describes them.
std::string answer_to_json(const PlanInput& input, const partition::Solution& solution);

}  // namespace acceptlab::app
