#include "app/plan/plot_program.h"

#include <utility>

#include "app/process.h"
#include "app/temporary_file.h"

namespace acceptlab::app {

int run_plot(const std::vector<std::string>& arguments, const std::string& input) {
  // Debian's interpreter, whose packages hold the plotting library; another python3 may come first
  // on PATH.
  std::vector<std::string> words = {"/usr/bin/python3", ACCEPTLAB_PLOT_SCRIPT};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const TemporaryFile given = temporary_file(input);
  Program program;
  program.words = std::move(words);
  program.input = fileno(given.get());
  return run_program(program);
}

}  // namespace acceptlab::app
