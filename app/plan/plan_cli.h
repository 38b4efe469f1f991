#pragma once

#include <functional>

#include "app/plan/plan_command.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace acceptlab::app {

// Adds `plan`. Parsing it sets `action` to what it does. `arguments` and `action` outlive the
// command line.
void add_plan(CLI::App& app, PlanArguments& arguments, std::function<int()>& action,
              const ScenarioProblem& scenario_problem);

// Parses the command line and does what it asks for; prints an error once. Returns the exit code.
int run_cli(CLI::App& app, int argc, char** argv, const std::function<int()>& action);

}  // namespace acceptlab::app
