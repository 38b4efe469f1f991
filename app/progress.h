#pragma once

#include <chrono>
#include <string>

namespace acceptlab::app {

// Shows how far a long piece of work is, on standard error: one line that is redrawn on a terminal,
// plain lines otherwise, at most kPlainLines of them.
class Progress {
 public:
  Progress(std::string what, int total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of the total are done now; `note` says what the latest was.
  void update(int done, const std::string& note);

 private:
  void draw(int done, const std::string& note);
  std::string time_left(int done) const;

  std::string what_;
  int total_;
  bool terminal_;
  bool drawn_ = false;
  int latest_line_ = -1;  // number of the plain line printed last
  int first_done_ = -1;   // where this run began: finished points of an earlier one tell no speed
  std::chrono::steady_clock::time_point start_;
};

}  // namespace acceptlab::app
