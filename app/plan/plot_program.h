#pragma once

#include <string>
#include <vector>

namespace acceptlab::app {

// Run a script of plots/ with these arguments, plot.py also with this text on its standard input.
// Return its exit code.
int run_plot(const std::vector<std::string>& arguments, const std::string& input = "");
int run_report(const std::vector<std::string>& arguments);

}  // namespace acceptlab::app
