#pragma once

#include <functional>
#include <string>
#include <vector>

namespace acceptlab::app {

// A piece of work for a process of its own. The number it returns is the process's exit code.
struct Job {
  std::string name;
  std::function<int()> work;
  std::string log;  // file that takes the process's standard output and error
};

struct PoolOutcome {
  int succeeded = 0;
  int failed = 0;
  bool interrupted =
      false;  // by SIGINT, SIGTERM or SIGHUP: what was under way was ended, the rest not begun
};

// Forks a process for each job, `parallel` at a time, in order. `ended` is called in this process
// after each. Separate processes, because ns-3 has one simulator a process; forking, because
// loading LibTorch takes longer than a small run. Requires: this process has no threads under way
// and has not computed with LibTorch.
PoolOutcome run_jobs(const std::vector<Job>& jobs, int parallel,
                     const std::function<void(const Job& job, bool succeeded)>& ended);

}  // namespace acceptlab::app
