#include "app/report_cli.h"

#include <CLI/CLI.hpp>
#include <vector>

#include "app/plan/plot_program.h"

namespace acceptlab::app {
namespace {

int write_report(const ReportArguments& arguments) {
  std::vector<std::string> words = {arguments.folder};
  if (!arguments.out.empty()) {
    words.emplace_back("--out");
    words.push_back(arguments.out);
  }
  return run_report(words);
}

}  // namespace

void add_report(CLI::App& app, ReportArguments& arguments, std::function<int()>& action) {
  CLI::App* command = app.add_subcommand(
      "report", "write a run, a sweep or a folder of such and of CSV tables as one HTML page");
  command
      ->add_option("FOLDER", arguments.folder,
                   "run folder, sweep folder, or a folder that holds such or tables at any depth")
      ->required();
  command->add_option("-o,--out", arguments.out,
                      "page to write (default: FOLDER/report.html); replaced if it exists");
  command->footer("The page needs no network; its links to the files are relative to it.");
  command->callback([&] { action = [&] { return write_report(arguments); }; });
}

}  // namespace acceptlab::app
