#pragma once

// Internal to the packet network, see packet_link.h.

#include <ns3/ipv4-address.h>
#include <ns3/node.h>
#include <ns3/socket.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>

#include "runtime/base/units.h"
#include "sim/tcp_profile.h"

namespace acceptlab::sim {

// One end of a connection.
struct PacketEnd {
  ns3::Ptr<ns3::Node> node;
  ns3::Ipv4Address address;
  ConnectionProfile profile;  // of the way from here to the other end
};

// A TCP connection between two devices that carries messages both ways. A message is a run of
// bytes in the stream; it is complete when the receiver has counted up to its end.
class PacketConnection {
 public:
  // A message of stream `side` (sent by ends[side]) has arrived.
  using Arrived = std::function<void(int side, Bytes size, std::uint64_t id)>;

  // Opens the connection from ends[0] to ends[1]; `open_end` is called once for each end that is
  // ready. `lossy`: packets of the handshake may be lost. Callbacks outlive the simulation.
  PacketConnection(const std::array<PacketEnd, 2>& ends, std::uint16_t port, int segment_bytes,
                   bool lossy, std::function<void()> open_end, Arrived arrived);
  PacketConnection(const PacketConnection&) = delete;
  PacketConnection& operator=(const PacketConnection&) = delete;
  ~PacketConnection();

  void send(int side, Bytes size, std::uint64_t id);
  std::int64_t received_bytes() const { return streams_[0].received + streams_[1].received; }

 private:
  struct Message {
    Bytes size;
    std::uint64_t id = 0;
    std::int64_t end = 0;  // position in the stream after its last byte
  };
  // What one end sends.
  struct Stream {
    ns3::Ptr<ns3::Socket> socket;
    std::deque<Message> under_way;
    std::int64_t queued = 0;    // bytes of all messages so far
    std::int64_t written = 0;   // of them, given to the socket
    std::int64_t received = 0;  // of them, arrived at the other end
  };

  ns3::Ptr<ns3::Socket> make_socket(const PacketEnd& end) const;
  void opened(int side, ns3::Ptr<ns3::Socket> socket);
  void write(int side);
  void read(int side);

  int segment_bytes_;
  bool lossy_;
  std::function<void()> open_end_;
  Arrived arrived_;
  ns3::Ptr<ns3::Socket> listener_;
  ns3::Ptr<ns3::Socket> client_;
  std::array<Stream, 2> streams_;
};

}  // namespace acceptlab::sim
