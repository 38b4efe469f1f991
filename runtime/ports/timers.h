#pragma once

#include "runtime/base/ids.h"
#include "runtime/base/units.h"

namespace acceptlab {

// The alarms of one device. One that fires does so in an event of its own: never inside arm().
class Timers {
 public:
  virtual ~Timers() = default;
  // Fires once, at `at` or as soon as the device can after it. Armed again before, it fires at the
  // new time only.
  virtual void arm(TimerId timer, TimePoint at) = 0;
  // It does not fire until it is armed again. Does nothing where it is not armed.
  virtual void disarm(TimerId timer) = 0;
};

}  // namespace acceptlab
