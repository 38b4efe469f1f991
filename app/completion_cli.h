#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace acceptlab::app {

// Adds `completion`, which prints a script made of all that `app` then has, and of the scenario's
// keys. All arguments outlive the command line.
void add_completion(CLI::App& app, std::string& shell, std::function<int()>& action);

}  // namespace acceptlab::app
