#pragma once

#include <functional>

#include "app/predictor/predictor_commands.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace acceptlab::app {

// Adds `predictor` with its sub-commands. Parsing one sets `action` to what it does. `arguments`
// and `action` outlive the command line.
void add_predictor(CLI::App& app, PredictorArguments& arguments, std::function<int()>& action);

}  // namespace acceptlab::app
