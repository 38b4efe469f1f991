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

// A frame has arrived whose payload is not what was sent; its header is right.
struct FrameDamaged {
  DeviceId from;
  Frame frame;
};

// The transport reaches this device no more.
struct PeerLost {
  DeviceId device;
};

using Event = std::variant<FrameArrived, OpDone, TimerFired, FrameDamaged, PeerLost>;

}  // namespace acceptlab
