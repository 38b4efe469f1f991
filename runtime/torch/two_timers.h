#pragma once

#include <chrono>
#include <utility>

#include "runtime/base/units.h"
#include "runtime/torch/cpu_timer.h"

namespace acceptlab::torch_stage {

// Laps by the thread's processor time and by a clock on the wall.
class TwoTimers {
 public:
  struct Lap {
    Duration cpu;
    Duration wall;
  };
  // Since construction or the last lap.
  Lap lap() {
    const auto now = std::chrono::steady_clock::now();
    const Duration wall = now - std::exchange(last_, now);
    return {cpu_.lap(), wall};
  }

 private:
  CpuTimer cpu_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace acceptlab::torch_stage
