#pragma once

// Internal to the packet network, see packet_link.h.

#include <ns3/ipv4-address.h>
#include <ns3/node.h>
#include <ns3/socket.h>

#include <cstdint>
#include <deque>
#include <functional>

#include "runtime/base/units.h"
#include "sim/tcp_profile.h"

namespace acceptlab::sim {

// The messages from one device to another: a TCP connection that sends data one way. A message is
// a run of bytes in the stream; it is complete when the receiver has counted up to its end.
//
// Real programs use one connection for both ways. Two connections behave alike, as the windows of
// the two ways are independent and ns-3 never puts an acknowledgement on a data packet; they allow
// AckFirstQueue, and a handshake that survives any loss: the sender's data repeats the last
// acknowledgement.
class PacketStream {
 public:
  struct End {
    ns3::Ptr<ns3::Node> node;
    ns3::Ipv4Address address;
  };
  // Opens the connection; `opened` is called when the sender may send, `arrived` for each message.
  // The stream lives as long as the simulation runs.
  PacketStream(const End& sender, const End& receiver, std::uint16_t port, int segment_bytes,
               const ConnectionProfile& profile, std::function<void()> opened,
               std::function<void(Bytes size, std::uint64_t id)> arrived);
  PacketStream(const PacketStream&) = delete;
  PacketStream& operator=(const PacketStream&) = delete;
  ~PacketStream();

  void send(Bytes size, std::uint64_t id);
  std::int64_t received_bytes() const { return received_; }

 private:
  struct Message {
    Bytes size;
    std::uint64_t id = 0;
    std::int64_t end = 0;  // position in the stream after its last byte
  };

  void connect(const End& receiver, std::uint16_t port);
  void listen(const End& receiver, std::uint16_t port);
  void write();
  void read(const ns3::Ptr<ns3::Socket>& socket);

  std::int64_t segment_bytes_;
  std::function<void()> opened_;
  std::function<void(Bytes, std::uint64_t)> arrived_;
  ns3::Ptr<ns3::Socket> listener_;
  ns3::Ptr<ns3::Socket> sender_;
  std::deque<Message> under_way_;
  std::int64_t queued_ = 0;    // bytes of all messages so far
  std::int64_t written_ = 0;   // of them, given to the sender's socket
  std::int64_t received_ = 0;  // of them, arrived
};

}  // namespace acceptlab::sim
