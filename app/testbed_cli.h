#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "app/commands.h"

namespace acceptlab::app {

struct TestbedArguments {
  TestbedRunArguments run;
  ValidateArguments validate;
};

// Adds `testbed run` and `validate`. Parsing one sets `action` to what it does. `arguments` and
// `action` outlive the command line.
void add_testbed(CLI::App& app, TestbedArguments& arguments, std::function<int()>& action);

}  // namespace acceptlab::app
