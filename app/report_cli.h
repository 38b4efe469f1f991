#pragma once

#include <functional>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace acceptlab::app {

struct ReportArguments {
  std::string folder;
  std::string out;  // empty: <folder>/report.html
};

// Adds `report`. Parsing it sets `action` to what it does. `arguments` and `action` outlive the
// command line.
void add_report(CLI::App& app, ReportArguments& arguments, std::function<int()>& action);

}  // namespace acceptlab::app
