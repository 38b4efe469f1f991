#pragma once

#include <optional>
#include <string>

#include "app/plan/plan_command.h"
#include "app/plan/problem_json.h"
#include "partition/solution.h"

namespace acceptlab::app {

// A profile of PipeDream on a row of identical devices.
struct PipedreamArguments {
  std::string file;
  int stages = 1;
  bool at_most = false;                         // fewer stages are allowed, too
  std::optional<double> bandwidth_bytes_per_s;  // unset: links cost nothing
};

// Throws ConfigError where the bandwidth cannot be read.
PipedreamArguments pipedream_arguments(const PlanArguments& arguments);

// "1.25e9" (bytes/s), "10Gbit/s", "1.25 GB/s"; k, M and G are powers of 1000. Throws ConfigError.
double parse_rate(const std::string& text);

// The profile's graph as a chain of units in Kahn's order, the smallest node number first; a cut
// costs 2 * bytes / bandwidth. Throws ConfigError where the file cannot be read.
PlanInput chain_problem(const PipedreamArguments& arguments);

// The best plan over all orders of the graph. The problem is the chain of one such order, whose
// stages are those of the plan.
struct GraphPlan {
  PlanInput input;
  partition::Solution solution;
};
// Throws ConfigError where the file cannot be read or the graph is too large for the search.
GraphPlan plan_graph(const PipedreamArguments& arguments);

}  // namespace acceptlab::app
