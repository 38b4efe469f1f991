// `acceptlab` as a user calls it. Loading LibTorch takes most of a second: what does without it is
// done here, the rest by acceptlab-full, which lies beside this program.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "app/plan/plan_cli.h"
#include "app/report_cli.h"
#include "runtime/base/result.h"

namespace {

using namespace acceptlab::app;  // NOLINT(google-build-using-namespace): the composition root
namespace fs = std::filesystem;

bool begins_with(const std::string& text, const std::string& beginning) {
  return text.compare(0, beginning.size(), beginning) == 0;
}

// `plan` of anything but a scenario.
bool is_bare_plan(const std::vector<std::string>& words) {
  if (words.empty() || words[0] != "plan") return false;
  for (const std::string& word : words) {
    if (word == "--help" || word == "-h") return true;
    if (begins_with(word, "--problem") || begins_with(word, "--pipedream")) return true;
  }
  return false;
}

int run_plan(int argc, char** argv) {
  CLI::App app{"", "acceptlab"};
  PlanArguments arguments;
  std::function<int()> action;
  add_plan(app, arguments, action, [](const PlanArguments&) -> PlanInput {
    throw acceptlab::ConfigError("a scenario cannot be given with --problem or --pipedream");
  });
  return run_cli(app, argc, argv, action);
}

int run_report(int argc, char** argv) {
  CLI::App app{"", "acceptlab"};
  ReportArguments arguments;
  std::function<int()> action;
  add_report(app, arguments, action);
  return run_cli(app, argc, argv, action);
}

// Becomes the program that has everything; returns where that fails.
int run_full(char** argv) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const std::string full = (self.parent_path() / "acceptlab-full").string();
  execv(full.c_str(), argv);
  if (errno == ENOENT) {
    std::fprintf(
        stderr,
        "acceptlab: built without LibTorch and ns-3, it does 'acceptlab report', 'acceptlab "
        "plan --problem' and 'acceptlab plan --pipedream' only\n");
  } else {
    std::fprintf(stderr, "acceptlab: %s: %s\n", full.c_str(), std::strerror(errno));
  }
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (is_bare_plan(words)) return run_plan(argc, argv);
  if (!words.empty() && words[0] == "report") return run_report(argc, argv);
  return run_full(argv);
}
