#pragma once

#include "runtime/base/ids.h"
#include "runtime/frame.h"

namespace acceptlab {

// Carries frames from one device to others and to itself. Frames between two devices arrive in the
// order sent, each in an event of its own: never inside send().
class Transport {
 public:
  virtual ~Transport() = default;
  virtual void send(DeviceId to, Frame frame) = 0;
};

}  // namespace acceptlab
