#pragma once

#include <string>

#include "app/plan/problem_json.h"
#include "partition/solution.h"

namespace acceptlab::app {

// The answer as tables for people.
std::string answer_to_text(const PlanInput& input, const partition::Solution& solution);

}  // namespace acceptlab::app
