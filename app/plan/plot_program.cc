#include "app/plan/plot_program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace acceptlab::app {

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::runtime_error system_error(const std::string& what) {
  return std::runtime_error(what + ": " + std::strerror(errno));
}

// A file rather than a pipe: a program that ends without reading it does not matter.
File file_with(const std::string& text) {
  File file(std::tmpfile(), &std::fclose);
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0) {
    throw system_error("temporary file");
  }
  std::rewind(file.get());
  return file;
}

// Runs a program found on PATH and returns its exit code.
int run_program(std::vector<std::string> words, const std::string& input) {
  const File stdin_file = file_with(input);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw system_error("fork");
  if (child == 0) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    dup2(fileno(stdin_file.get()), STDIN_FILENO);
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

int run_plot(const std::vector<std::string>& arguments, const std::string& input) {
  // Debian's interpreter, whose packages hold the plotting library; another python3 may come first
  // on PATH.
  std::vector<std::string> words = {"/usr/bin/python3", ACCEPTLAB_PLOT_SCRIPT};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_program(std::move(words), input);
}

}  // namespace acceptlab::app
