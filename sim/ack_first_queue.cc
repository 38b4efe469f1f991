#include "sim/ack_first_queue.h"

#include <array>
#include <cstdint>
#include <iterator>

namespace acceptlab::sim {
namespace {

// Where the TCP header of a packet on a point-to-point link starts (PPP 2, IPv4 20), and its
// longest length: 20 with 40 of options.
constexpr std::uint32_t kTcpOffset = 22;
constexpr std::uint32_t kLongestTcpHeader = 60;
constexpr std::uint32_t kDataOffsetByte = kTcpOffset + 12;  // upper half: length in 4-byte words

bool carries_data(const ns3::Packet& packet) {
  const std::uint32_t size = packet.GetSize();
  if (size > kTcpOffset + kLongestTcpHeader) return true;
  std::array<std::uint8_t, kDataOffsetByte + 1> head{};
  packet.CopyData(head.data(), head.size());
  return size > kTcpOffset + (head[kDataOffsetByte] >> 4) * 4U;
}

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(AckFirstQueue);

ns3::TypeId AckFirstQueue::GetTypeId() {
  static const ns3::TypeId id = ns3::TypeId("acceptlab::sim::AckFirstQueue")
                                    .SetParent<ns3::Queue<ns3::Packet>>()
                                    .AddConstructor<AckFirstQueue>();
  return id;
}

bool AckFirstQueue::Enqueue(ns3::Ptr<ns3::Packet> packet) {
  const auto& packets = GetContainer();
  if (carries_data(*packet)) return DoEnqueue(packets.end(), packet);
  if (!DoEnqueue(std::next(packets.begin(), acks_), packet)) return false;
  ++acks_;
  return true;
}

ns3::Ptr<ns3::Packet> AckFirstQueue::Dequeue() {
  if (acks_ > 0) --acks_;
  return DoDequeue(GetContainer().begin());
}

ns3::Ptr<ns3::Packet> AckFirstQueue::Remove() {
  if (acks_ > 0) --acks_;
  return DoRemove(GetContainer().begin());
}

ns3::Ptr<const ns3::Packet> AckFirstQueue::Peek() const { return DoPeek(GetContainer().begin()); }

}  // namespace acceptlab::sim
