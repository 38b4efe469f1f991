#pragma once

#include <csignal>

namespace acceptlab::app {

// Takes SIGINT, SIGTERM and SIGHUP for its lifetime: they are noted, and end nothing. One at a
// time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  // True once one of them has come.
  bool interrupted() const;

 private:
  struct sigaction old_int_ = {};
  struct sigaction old_term_ = {};
  struct sigaction old_hup_ = {};
};

}  // namespace acceptlab::app
