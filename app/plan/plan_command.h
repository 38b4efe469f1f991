#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/plan/problem_json.h"

namespace acceptlab::app {

// Where the problem comes from (one of the first three) and how its answer is shown.
struct PlanArguments {
  std::string scenario;
  std::string problem;
  std::string pipedream;

  std::vector<std::string> set;  // of scenario: key=value
  std::string profile;           // of scenario; empty: as the scenario says

  int stages = 0;         // of pipedream
  bool at_most = false;   // of pipedream
  std::string bandwidth;  // of pipedream; empty: links cost nothing
  bool dag = false;       // of pipedream

  bool json = false;
  int alternatives = 3;
  bool no_explain = false;
  std::string picture;  // file to draw; empty: none
};

// Builds the problem of a scenario: what needs LibTorch and ns-3.
using ScenarioProblem = std::function<PlanInput(const PlanArguments&)>;

// `acceptlab plan`. Returns the exit code, 0 also where no plan is feasible: that is an answer.
// Throws ConfigError on wrong input.
int plan_command(const PlanArguments& arguments, const ScenarioProblem& scenario_problem);

}  // namespace acceptlab::app
