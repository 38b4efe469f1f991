#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "sim/bandwidth_model.h"

namespace acceptlab::sim {

// One direction of a link.
struct DirectionSpec {
  std::unique_ptr<BandwidthModel> bandwidth;
  Duration delay{0};      // propagation, one way
  double loss = 0.0;      // probability that a packet is lost
  int queue_packets = 0;  // of the sending device; 0: large enough never to drop
};

// A point-to-point link between two devices.
struct LinkSpec {
  DeviceId a;
  DeviceId b;
  DirectionSpec a_to_b;
  DirectionSpec b_to_a;
};

// What one direction of one link carried.
struct LinkUse {
  DeviceId from;
  DeviceId to;
  std::int64_t messages = 0;  // that ended here or passed through
  Bytes message_bytes;        // headers and payloads of frames
  Bytes wire_bytes;           // with TCP, IP and link headers, acknowledgements, retransmissions
  std::int64_t dropped_packets = 0;
  Duration busy{0};  // time the link was sending
};

// Carries messages between devices in virtual time. Only sizes travel; whoever sends keeps the
// content and finds it again by the message's id. Messages between two devices arrive in the order
// sent. Devices without a link between them are reached over the links in between.
class Network {
 public:
  using Delivered = std::function<void(std::uint64_t message_id)>;
  virtual ~Network() = default;

  // Opens a connection for each pair (both directions); calls `ready`, in a later event, once all
  // are open. To be called once, before the simulator runs or inside an event. Requires: no pair
  // twice, in either order. Throws ConfigError where no way over the links joins a pair.
  virtual void connect(const std::vector<std::pair<DeviceId, DeviceId>>& pairs,
                       std::function<void()> ready) = 0;
  // Queues a message; `delivered` (set at construction) is called in a later event, when its last
  // byte has arrived. Requires: the pair is connected, size > 0, ids unique.
  virtual void send(DeviceId from, DeviceId to, Bytes size, std::uint64_t message_id) = 0;

  // Grows whenever bytes arrive anywhere: a watchdog's sign of life.
  virtual std::uint64_t progress() const = 0;
  virtual std::vector<LinkUse> use() const = 0;
};

}  // namespace acceptlab::sim
