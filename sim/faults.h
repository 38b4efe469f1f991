#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "runtime/frame.h"

namespace acceptlab::sim {

enum class FaultKind {
  kKill,      // a device does nothing any more
  kPause,     // a device stands still: what comes waits
  kRestart,   // a device is off for a while and then knows nothing
  kLinkDown,  // messages between two devices wait, both ways
  kCorrupt,   // the next message with content on a way is changed
};

// Something that goes wrong at a time, or once so many mini-batches of the run are done.
struct Fault {
  FaultKind kind = FaultKind::kKill;
  std::optional<TimePoint> at;  // unset: at_batch
  std::int64_t at_batch = 0;
  DeviceId device;  // kKill, kPause, kRestart
  DeviceId from;    // kLinkDown, kCorrupt
  DeviceId to;
  Duration duration{0};  // kPause, kRestart, kLinkDown
};

// "device 2 is killed", "the link between device 0 and device 1 is down for 5.000000 s".
std::string to_string(const Fault& fault);

// Stands between events and an emulated device: lets them through, keeps them back while the device
// stands still, and drops those that a device which was killed or restarted has caused before.
class DeviceGate {
 public:
  using Event = std::function<void()>;

  // Of the device as it is now; another one after it was off.
  int life() const { return life_; }
  // An event that any life would see: a message.
  void pass(Event event) { pass(life_, std::move(event)); }
  // One that belongs to a life: the end of an operation, a timer.
  void pass(int life, Event event);

  void switch_off();
  void switch_on() { off_ = false; }
  void hold() { ++holds_; }
  // Ends a hold(). Returns what came in meanwhile, in order.
  std::vector<Event> release();

 private:
  int life_ = 0;
  bool off_ = false;
  int holds_ = 0;
  std::vector<Event> held_;
};

// What goes wrong on the ways between devices.
class WayFaults {
 public:
  using Way = std::pair<DeviceId, DeviceId>;  // from, to
  using Send = std::function<void()>;

  // Sends now, or once the way is up again.
  void pass(const Way& way, Send send);
  void take_down(DeviceId a, DeviceId b);
  void bring_up(DeviceId a, DeviceId b);
  // The next frame with content on this way is damaged.
  void damage_next(const Way& way) { damaging_.insert(way); }
  void maybe_damage(const Way& way, Frame& frame);

 private:
  std::map<Way, int> down_;  // how many faults hold it down
  std::map<Way, std::vector<Send>> held_;
  std::set<Way> damaging_;
};

// The faults that wait for mini-batches to be done.
class BatchFaults {
 public:
  // Returns those that `batches_done` makes due, each once.
  std::vector<Fault> due(std::int64_t batches_done);
  void add(const Fault& fault) { waiting_.push_back(fault); }
  const std::vector<Fault>& waiting() const { return waiting_; }

 private:
  std::vector<Fault> waiting_;
};

}  // namespace acceptlab::sim
