#pragma once

// Internal to the packet network, see packet_link.h.

#include <ns3/packet.h>
#include <ns3/queue.h>

namespace acceptlab::sim {

// The queue of a device: TCP packets without payload pass before data, otherwise first in, first
// out.
//
// In a plain FIFO the acknowledgements of one direction wait behind the whole window that the
// other direction has queued, and with both directions busy ns-3 loses a tenth of the bandwidth and
// more. Linux loses about 2 % (README.md): TCP small queues keep unsent data out of the device
// queue, so an acknowledgement finds a packet or two before it. ns-3 has no small queues; letting
// acknowledgements pass has the same effect. As each connection sends data one way only
// (PacketStream), this reorders nothing within a connection.
class AckFirstQueue final : public ns3::Queue<ns3::Packet> {
 public:
  static ns3::TypeId GetTypeId();

  bool Enqueue(ns3::Ptr<ns3::Packet> packet) override;
  ns3::Ptr<ns3::Packet> Dequeue() override;
  ns3::Ptr<ns3::Packet> Remove() override;
  ns3::Ptr<const ns3::Packet> Peek() const override;

 private:
  std::uint32_t acks_ = 0;  // at the front
};

}  // namespace acceptlab::sim
