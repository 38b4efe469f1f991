#include "app/process_pool.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>

#include "app/interrupts.h"

namespace acceptlab::app {

namespace {

// Polled rather than waited for, so that a signal between a check and a wait is not missed.
constexpr useconds_t kPollMicroseconds = 2000;

void write_to(const std::string& log) {
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) return;
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  close(file);
}

pid_t start(const Job& job) {
  std::fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (child > 0) return child;
  // A process group of its own: Ctrl-C reaches the parent only, which ends the children itself.
  setpgid(0, 0);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGHUP, SIG_DFL);
  // Nor does a child outlive a parent that was killed: both would write the same folders.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(1);
  write_to(job.log);
  const int code = job.work();
  std::fflush(nullptr);
  _exit(code);
}

}  // namespace

PoolOutcome run_jobs(const std::vector<Job>& jobs, int parallel,
                     const std::function<void(const Job& job, bool succeeded)>& ended) {
  const InterruptGuard guard;
  PoolOutcome outcome;
  std::map<pid_t, const Job*> running;
  std::size_t next = 0;
  while (next < jobs.size() || !running.empty()) {
    while (!guard.interrupted() && next < jobs.size() &&
           static_cast<int>(running.size()) < parallel) {
      const pid_t child = start(jobs[next]);
      running[child] = &jobs[next++];
    }
    if (guard.interrupted()) {
      outcome.interrupted = true;
      next = jobs.size();
      for (const auto& [child, job] : running) kill(child, SIGTERM);
    }
    if (running.empty()) break;
    int status = 0;
    const pid_t child = waitpid(-1, &status, WNOHANG);
    const auto found = running.find(child);
    if (found == running.end()) {
      usleep(kPollMicroseconds);
      continue;
    }
    const bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    const Job* job = found->second;
    running.erase(found);
    if (outcome.interrupted && !succeeded) continue;
    ++(succeeded ? outcome.succeeded : outcome.failed);
    ended(*job, succeeded);
  }
  return outcome;
}

}  // namespace acceptlab::app
