#pragma once

#include <string>
#include <vector>

#include "partition/problem.h"
#include "partition/solution.h"

namespace acceptlab::app {

// A partition problem as a user gives it.
struct PlanInput {
  std::string name;  // for titles
  partition::Problem problem;
  std::vector<std::string> warnings;  // what was given but does not count
  // Made without choosing, and only to be priced. Empty: the best plan is asked for.
  std::vector<partition::Placement> fixed_plan;
};

// Reads the JSON that partition/PROBLEM.md describes. Throws ConfigError, with `origin` (the file),
// the place in it, the rule and the value, where a key is missing, unknown, of another type or out
// of range, and where the problem makes no sense.
PlanInput problem_from_json(const std::string& text, const std::string& origin);

// Throws ConfigError where the file cannot be read, too.
PlanInput read_problem(const std::string& file);

}  // namespace acceptlab::app
