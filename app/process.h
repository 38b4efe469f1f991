#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace acceptlab::app {

// A command line as it can be typed into a shell: words with special characters are quoted.
std::string typed(const std::vector<std::string>& words);

// A program to start, and with what.
struct Program {
  std::vector<std::string> words;  // its name, found on PATH, and its arguments
  int input = -1;                  // becomes its standard input; -1: that of this process
  std::filesystem::path log;       // takes its output and errors; empty: those of this process
  std::function<void()> prepare;   // runs in the new process first; may throw; may be empty
  bool own_process_group = false;  // Ctrl-C then reaches this process only
};

// A program under way. It does not outlive this process, however that ends, nor this object.
class Process {
 public:
  // Starts it. A program that cannot be run ends with code 127, one whose `prepare` throws with
  // code 126; both say why where their errors go. Throws std::runtime_error where fork fails.
  explicit Process(const Program& program);
  ~Process();  // kills it where it still runs
  Process(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Its exit code, 128 + the signal that ended it; nothing while it runs. Does not wait.
  std::optional<int> poll();
  int wait();
  // Does nothing once it has ended.
  void signal(int number);

 private:
  pid_t id_ = -1;  // -1: moved from
  std::optional<int> code_;
};

// Its exit code once it has ended.
int run_program(const Program& program);

// The code, and what was written to its output and errors.
struct ProgramResult {
  int code = 0;
  std::string output;
};
// Runs a program with this text as its standard input. Takes files rather than pipes: a program
// that ends without reading, or writes a lot, does not matter.
ProgramResult run_with_input(std::vector<std::string> words, const std::string& input);

}  // namespace acceptlab::app
