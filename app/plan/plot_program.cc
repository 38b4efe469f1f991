#include "app/plan/plot_program.h"

#include <utility>

#include "app/process.h"
#include "app/temporary_file.h"

namespace acceptlab::app {

namespace {

int run_script(const std::string& script, const std::vector<std::string>& arguments,
               const std::string& input) {
  // Debian's interpreter, whose packages hold the plotting library; another python3 may come first
  // on PATH.
  std::vector<std::string> words = {"/usr/bin/python3", ACCEPTLAB_PLOTS_FOLDER "/" + script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const TemporaryFile given = temporary_file(input);
  Program program;
  program.words = std::move(words);
  program.input = fileno(given.get());
  return run_program(program);
}

}  // namespace

int run_plot(const std::vector<std::string>& arguments, const std::string& input) {
  return run_script("plot.py", arguments, input);
}

int run_report(const std::vector<std::string>& arguments) {
  return run_script("report/report.py", arguments, "");
}

}  // namespace acceptlab::app
