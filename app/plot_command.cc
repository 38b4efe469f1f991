#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "app/commands.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

// Runs a program found on PATH and returns its exit code.
int run_program(std::vector<std::string> words) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (child == 0) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    std::fprintf(stderr, "%s: %s\n", argv[0], std::strerror(errno));
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int plot_command(const PlotArguments& arguments) {
  // Debian's interpreter, whose packages hold the plotting library; another python3 may come first
  // on PATH.
  std::vector<std::string> words = {"/usr/bin/python3", ACCEPTLAB_PLOT_SCRIPT, arguments.folder};
  if (!arguments.out.empty()) {
    words.emplace_back("--out");
    words.push_back(arguments.out);
  }
  return run_program(std::move(words));
}

}  // namespace acceptlab::app
