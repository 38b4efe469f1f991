#include "sim/faults.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "runtime/base/check.h"

namespace acceptlab::sim {
namespace {

std::string name(DeviceId device) { return "device " + std::to_string(device.value); }

std::string lasting(const Fault& fault) {
  return " for " + std::to_string(to_seconds(fault.duration)) + " s";
}

}  // namespace

std::string to_string(const Fault& fault) {
  const std::string device = name(fault.device);
  switch (fault.kind) {
    case FaultKind::kKill:
      return device + " is killed";
    case FaultKind::kPause:
      return device + " stands still" + lasting(fault);
    case FaultKind::kRestart:
      return device + " is off" + lasting(fault) + " and restarts empty";
    case FaultKind::kLinkDown:
      return "the link between " + name(fault.from) + " and " + name(fault.to) + " is down" +
             lasting(fault);
    case FaultKind::kCorrupt:
      return "a message from " + name(fault.from) + " to " + name(fault.to) + " is changed";
  }
  return "unknown";
}

void DeviceGate::pass(int life, Event event) {
  if (off_ || life != life_) return;
  if (holds_ == 0) return event();
  held_.push_back(std::move(event));
}

void DeviceGate::switch_off() {
  off_ = true;
  ++life_;
  held_.clear();
}

std::vector<DeviceGate::Event> DeviceGate::release() {
  ACCEPTLAB_CHECK(holds_ > 0);
  if (--holds_ > 0) return {};
  return std::exchange(held_, {});
}

void WayFaults::pass(const Way& way, Send send) {
  if (down_.count(way) == 0) return send();
  held_[way].push_back(std::move(send));
}

void WayFaults::take_down(DeviceId a, DeviceId b) {
  ++down_[{a, b}];
  ++down_[{b, a}];
}

void WayFaults::bring_up(DeviceId a, DeviceId b) {
  for (const Way& way : {Way{a, b}, Way{b, a}}) {
    const auto found = down_.find(way);
    ACCEPTLAB_CHECK(found != down_.end());
    if (--found->second > 0) continue;
    down_.erase(found);
    for (const Send& send : std::exchange(held_[way], {})) send();
  }
}

void WayFaults::maybe_damage(const Way& way, Frame& frame) {
  if (frame.payload.size() == Bytes(0) || damaging_.erase(way) == 0) return;
  if (!frame.payload.has_bytes()) {
    frame.checksum ^= 1;  // there is nothing else to change
    return;
  }
  std::vector<std::uint8_t> bytes(frame.payload.bytes().begin(), frame.payload.bytes().end());
  bytes[bytes.size() / 2] ^= 0x10;
  frame.payload = Payload::of(std::move(bytes));
}

std::vector<Fault> BatchFaults::due(std::int64_t batches_done) {
  std::vector<Fault> now;
  const auto is_due = [&](const Fault& fault) { return fault.at_batch <= batches_done; };
  std::copy_if(waiting_.begin(), waiting_.end(), std::back_inserter(now), is_due);
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), is_due), waiting_.end());
  return now;
}

}  // namespace acceptlab::sim
