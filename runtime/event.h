#pragma once

#include <variant>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "runtime/frame.h"
#include "runtime/operation.h"

namespace acceptlab {

struct FrameArrived {
  DeviceId from;
  Frame frame;
  TimePoint sent{};
};

// The operation that was under way has ended.
struct OpDone {
  OpResult result;
};

struct TimerFired {
  TimerId timer;
};

using Event = std::variant<FrameArrived, OpDone, TimerFired>;

}  // namespace acceptlab
