#pragma once

#include <string>
#include <vector>

namespace acceptlab::app {

// Runs plots/plot.py with these arguments and, on its standard input, this text. Returns its exit
// code.
int run_plot(const std::vector<std::string>& arguments, const std::string& input = "");

}  // namespace acceptlab::app
