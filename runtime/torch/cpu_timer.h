#pragma once

#include <ctime>

#include "runtime/base/check.h"
#include "runtime/base/units.h"

namespace acceptlab::torch_stage {

// Processor time of the calling thread, so that other work on the machine is not counted.
class CpuTimer {
 public:
  // Since construction or the last lap.
  Duration lap() {
    const Duration now = read();
    const Duration elapsed = now - last_;
    last_ = now;
    return elapsed;
  }

 private:
  static Duration read() {
    timespec now{};
    ACCEPTLAB_CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  }

  Duration last_ = read();
};

}  // namespace acceptlab::torch_stage
