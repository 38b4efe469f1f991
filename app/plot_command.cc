#include <string>
#include <vector>

#include "app/commands.h"
#include "app/plan/plot_program.h"

namespace acceptlab::app {

int plot_command(const PlotArguments& arguments) {
  std::vector<std::string> words = {arguments.folder};
  if (!arguments.out.empty()) {
    words.emplace_back("--out");
    words.push_back(arguments.out);
  }
  return run_plot(words);
}

}  // namespace acceptlab::app
