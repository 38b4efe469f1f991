#pragma once

// Internal to the packet network: the only headers of ours that show ns-3 are this one,
// packet_stream.h, ack_first_queue.h and ns3_units.h; .cc files alone include them.

#include <ns3/point-to-point-channel.h>
#include <ns3/point-to-point-net-device.h>

#include <array>
#include <cstdint>

#include "runtime/base/units.h"
#include "sim/network.h"
#include "sim/rate_timeline.h"

namespace acceptlab::sim {

// A point-to-point channel with a delay for each direction (ns-3's has one for both). It counts
// what passes, which is cheaper than trace sources: every packet goes through it anyway.
class DuplexChannel final : public ns3::PointToPointChannel {
 public:
  static ns3::TypeId GetTypeId();

  // Side 0 sends with delays[0]. To be called once, instead of Attach().
  void connect(std::array<ns3::Ptr<ns3::PointToPointNetDevice>, 2> ends,
               std::array<Duration, 2> delays);

  bool TransmitStart(ns3::Ptr<const ns3::Packet> packet,
                     ns3::Ptr<ns3::PointToPointNetDevice> source, ns3::Time time) override;

  struct Count {
    std::int64_t bytes = 0;
    std::int64_t busy_ns = 0;
  };
  const Count& count(int side) const { return sides_[side].count; }

 private:
  struct Side {
    ns3::Time delay;
    std::uint32_t peer_node = 0;
    Count count;
  };
  std::array<Side, 2> sides_;
};

// One link: two devices, the channel between them, rates over time, losses. Lives as long as the
// devices send, i.e. until its VirtualTime ends or no event is left.
class PacketLink {
 public:
  // `acks_first`: see PacketOptions. `random_stream` and the one after it decide the losses.
  PacketLink(LinkSpec spec, std::array<ns3::Ptr<ns3::Node>, 2> nodes, std::uint16_t mtu,
             bool acks_first, std::int64_t random_stream);
  PacketLink(const PacketLink&) = delete;
  PacketLink& operator=(const PacketLink&) = delete;
  ~PacketLink();

  ns3::Ptr<ns3::PointToPointNetDevice> device(int side) const { return sides_[side].device; }
  RateRange rates(int side) const { return sides_[side].timeline.range(); }
  Duration delay(int side) const { return sides_[side].delay; }

  void count_message(int side, Bytes size);
  LinkUse use(int side) const;

 private:
  struct Side {
    DeviceId device_id;
    ns3::Ptr<ns3::PointToPointNetDevice> device;
    RateTimeline timeline;
    Duration delay{0};
    BitsPerSecond rate;
    std::int64_t messages = 0;
    Bytes message_bytes;
    std::int64_t dropped_packets = 0;
  };
  static Side make_side(DeviceId id, DirectionSpec* spec, std::uint16_t mtu, bool acks_first);
  void trace(int side, const DirectionSpec& spec, std::int64_t random_stream);
  void update_rate(int side);

  std::array<Side, 2> sides_;
  ns3::Ptr<DuplexChannel> channel_;
};

}  // namespace acceptlab::sim
