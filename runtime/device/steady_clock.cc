#include "runtime/device/steady_clock.h"

#include <chrono>

namespace acceptlab::device {

TimePoint SteadyClock::now() const {
  const auto reading = std::chrono::steady_clock::now().time_since_epoch();
  return TimePoint(std::chrono::duration_cast<Duration>(reading) + shift_);
}

}  // namespace acceptlab::device
