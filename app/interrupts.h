#pragma once

#include <csignal>

namespace acceptlab::app {

// What a command returns that was interrupted, as shells do: 128 + SIGINT.
inline constexpr int kInterruptedExit = 130;

// What a second signal of a kind does.
enum class SecondInterrupt {
  kIsNoted,
  kEnds,  // the process, at once
};

// Takes SIGINT, SIGTERM and SIGHUP for its lifetime: they are noted instead of ending the process.
// One at a time.
class InterruptGuard {
 public:
  explicit InterruptGuard(SecondInterrupt second = SecondInterrupt::kIsNoted);
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
