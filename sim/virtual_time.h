#pragma once

#include <functional>

#include "runtime/base/units.h"

namespace acceptlab::sim {

// The virtual clock of one emulation and its event queue, shared with ns-3. Equal times run in the
// order in which they were scheduled. ns-3 has one simulator per process, so at most one
// VirtualTime exists at a time (checked); it starts at 0, and its end destroys the ns-3 world.
// Everything scheduled here and every Network must not be used afterwards.
class VirtualTime {
 public:
  VirtualTime();
  ~VirtualTime();
  VirtualTime(const VirtualTime&) = delete;
  VirtualTime& operator=(const VirtualTime&) = delete;

  TimePoint now() const;
  // Runs `event` at `time`. Requires: time >= now().
  void at(TimePoint time, std::function<void()> event);
  // Runs `event` after `delay`. Requires: delay >= 0.
  void after(Duration delay, std::function<void()> event);
  // Runs `event` at now(), after all events already scheduled for now().
  void post(std::function<void()> event) { after(Duration(0), std::move(event)); }

  // Runs events until none is left or stop() is called; may be called again to go on.
  void run();
  // Makes run() return after the current event.
  void stop();
};

}  // namespace acceptlab::sim
