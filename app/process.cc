#include "app/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

#include "app/temporary_file.h"

namespace acceptlab::app {

namespace {

constexpr int kCannotPrepare = 126;  // as shells have it
constexpr int kCannotRun = 127;

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void send_output_to(const std::filesystem::path& log) {
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) throw std::runtime_error(log.string() + ": " + std::strerror(errno));
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
}

void default_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(number, SIG_DFL);
}

// In the new process; does not return.
[[noreturn]] void become(const Program& program, pid_t parent) {
  default_signals();
  if (program.own_process_group) setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotPrepare);
  std::vector<std::string> words = program.words;
  try {
    if (!program.log.empty()) send_output_to(program.log);
    if (program.input >= 0) dup2(program.input, STDIN_FILENO);
    if (program.prepare) program.prepare();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", words[0].c_str(), error.what());
    std::fflush(nullptr);
    _exit(kCannotPrepare);
  }
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  std::fprintf(stderr, "%s: %s\n", argv[0], std::strerror(errno));
  std::fflush(nullptr);
  _exit(kCannotRun);
}

std::string quoted(const std::string& word) {
  constexpr const char* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%^";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::string typed(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted(word);
  return line;
}

Process::Process(const Program& program) {
  std::fflush(nullptr);
  const pid_t parent = getpid();
  id_ = fork();
  if (id_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (id_ == 0) become(program, parent);
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)), code_(other.code_) {}

Process::~Process() {
  if (id_ < 0 || code_) return;
  kill(id_, SIGKILL);
  wait();
}

std::optional<int> Process::poll() {
  int status = 0;
  if (!code_ && waitpid(id_, &status, WNOHANG) == id_) code_ = exit_code(status);
  return code_;
}

int Process::wait() {
  int status = 0;
  while (!code_) {
    if (waitpid(id_, &status, 0) == id_) code_ = exit_code(status);
  }
  return *code_;
}

void Process::signal(int number) {
  if (!poll()) kill(id_, number);
}

int run_program(const Program& program) { return Process(program).wait(); }

ProgramResult run_with_input(std::vector<std::string> words, const std::string& input) {
  const TemporaryFile given = temporary_file(input);
  const TemporaryFile written = temporary_file("");
  Program program;
  program.words = std::move(words);
  program.input = fileno(given.get());
  program.prepare = [&written] {
    dup2(fileno(written.get()), STDOUT_FILENO);
    dup2(fileno(written.get()), STDERR_FILENO);
  };
  const int code = run_program(program);
  return {code, content_of(written.get())};
}

}  // namespace acceptlab::app
