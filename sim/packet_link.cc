#include "sim/packet_link.h"

#include <ns3/drop-tail-queue.h>
#include <ns3/error-model.h>
#include <ns3/mac48-address.h>
#include <ns3/node.h>
#include <ns3/packet.h>
#include <ns3/queue-size.h>
#include <ns3/simulator.h>

#include <utility>

#include "sim/ack_first_queue.h"
#include "sim/ns3_units.h"

namespace acceptlab::sim {
namespace {

// The windows of the connections bound the queue; this bound is never reached.
constexpr std::uint32_t kEndlessQueue = 1'000'000'000;

bool varies(const RateRange& range) { return range.slowest != range.fastest; }

ns3::Ptr<ns3::Queue<ns3::Packet>> make_queue(bool acks_first) {
  if (acks_first) return ns3::CreateObject<AckFirstQueue>();
  return ns3::CreateObject<ns3::DropTailQueue<ns3::Packet>>();
}

ns3::Ptr<ns3::ErrorModel> make_loss(double probability, std::int64_t random_stream) {
  auto loss = ns3::CreateObject<ns3::RateErrorModel>();
  loss->SetUnit(ns3::RateErrorModel::ERROR_UNIT_PACKET);
  loss->SetRate(probability);
  loss->AssignStreams(random_stream);
  return loss;
}

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(DuplexChannel);

ns3::TypeId DuplexChannel::GetTypeId() {
  static const ns3::TypeId id = ns3::TypeId("acceptlab::sim::DuplexChannel")
                                    .SetParent<ns3::PointToPointChannel>()
                                    .AddConstructor<DuplexChannel>();
  return id;
}

void DuplexChannel::connect(std::array<ns3::Ptr<ns3::PointToPointNetDevice>, 2> ends,
                            std::array<Duration, 2> delays) {
  for (const int side : {0, 1}) {
    sides_[side].delay = to_ns3(delays[side]);
    sides_[side].peer_node = ends[1 - side]->GetNode()->GetId();
    ends[side]->Attach(this);
  }
}

bool DuplexChannel::TransmitStart(ns3::Ptr<const ns3::Packet> packet,
                                  ns3::Ptr<ns3::PointToPointNetDevice> source, ns3::Time time) {
  const int index = source == GetSource(0) ? 0 : 1;
  Side& side = sides_[index];
  side.count.bytes += packet->GetSize();
  side.count.busy_ns += time.GetNanoSeconds();
  ns3::Simulator::ScheduleWithContext(side.peer_node, time + side.delay,
                                      &ns3::PointToPointNetDevice::Receive, GetDestination(index),
                                      packet->Copy());
  return true;
}

PacketLink::Side PacketLink::make_side(DeviceId id, DirectionSpec* spec, std::uint16_t mtu,
                                       bool acks_first) {
  auto device = ns3::CreateObject<ns3::PointToPointNetDevice>();
  device->SetAddress(ns3::Mac48Address::Allocate());
  device->SetMtu(mtu);
  const auto queue = make_queue(acks_first);
  const std::uint32_t packets = spec->queue_packets > 0 ? spec->queue_packets : kEndlessQueue;
  queue->SetMaxSize(ns3::QueueSize(ns3::QueueSizeUnit::PACKETS, packets));
  device->SetQueue(queue);
  return {id, device, RateTimeline(std::move(spec->bandwidth)), spec->delay, {}, 0, {}, 0};
}

PacketLink::PacketLink(LinkSpec spec, std::array<ns3::Ptr<ns3::Node>, 2> nodes, std::uint16_t mtu,
                       bool acks_first, std::int64_t random_stream)
    : sides_{make_side(spec.a, &spec.a_to_b, mtu, acks_first),
             make_side(spec.b, &spec.b_to_a, mtu, acks_first)},
      channel_(ns3::CreateObject<DuplexChannel>()) {
  for (const int side : {0, 1}) nodes[side]->AddDevice(sides_[side].device);
  channel_->connect({sides_[0].device, sides_[1].device}, {sides_[0].delay, sides_[1].delay});
  trace(0, spec.a_to_b, random_stream);
  trace(1, spec.b_to_a, random_stream + 1);
}

PacketLink::~PacketLink() = default;

void PacketLink::trace(int side, const DirectionSpec& spec, std::int64_t random_stream) {
  Side& sender = sides_[side];
  update_rate(side);
  if (varies(sender.timeline.range())) {
    // ns-3 announces a packet before it computes how long to send it.
    const std::function<void(ns3::Ptr<const ns3::Packet>)> begins =
        [this, side](const ns3::Ptr<const ns3::Packet>&) { update_rate(side); };
    sender.device->TraceConnectWithoutContext(
        "PhyTxBegin", ns3::Callback<void, ns3::Ptr<const ns3::Packet>>(begins));
  }
  const std::function<void(ns3::Ptr<const ns3::Packet>)> dropped =
      [&sender](const ns3::Ptr<const ns3::Packet>&) { ++sender.dropped_packets; };
  const ns3::Callback<void, ns3::Ptr<const ns3::Packet>> on_drop(dropped);
  if (spec.queue_packets > 0) {
    sender.device->TraceConnectWithoutContext("MacTxDrop", on_drop);
  }
  if (spec.loss > 0.0) {
    const auto& receiver = sides_[1 - side].device;
    receiver->SetReceiveErrorModel(make_loss(spec.loss, random_stream));
    receiver->TraceConnectWithoutContext("PhyRxDrop", on_drop);
  }
}

void PacketLink::update_rate(int side) {
  Side& sender = sides_[side];
  const BitsPerSecond rate = sender.timeline.rate_at(from_ns3(ns3::Simulator::Now()));
  if (rate == sender.rate) return;
  sender.rate = rate;
  sender.device->SetDataRate(to_ns3(rate));
}

void PacketLink::count_message(int side, Bytes size) {
  ++sides_[side].messages;
  sides_[side].message_bytes += size;
}

LinkUse PacketLink::use(int side) const {
  const Side& sender = sides_[side];
  const DuplexChannel::Count& count = channel_->count(side);
  LinkUse use;
  use.from = sender.device_id;
  use.to = sides_[1 - side].device_id;
  use.messages = sender.messages;
  use.message_bytes = sender.message_bytes;
  use.wire_bytes = Bytes(count.bytes);
  use.dropped_packets = sender.dropped_packets;
  use.busy = Duration(count.busy_ns);
  return use;
}

}  // namespace acceptlab::sim
