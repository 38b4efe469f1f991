#pragma once

#include "runtime/ports/clock.h"

namespace acceptlab::device {

// This machine's steady clock, moved so that it agrees with the central node's. One thread owns it.
class SteadyClock : public Clock {
 public:
  TimePoint now() const override;
  // From now on `later` by this much.
  void shift(Duration later) { shift_ += later; }

 private:
  Duration shift_{0};
};

}  // namespace acceptlab::device
