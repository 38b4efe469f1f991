#include "sim/packet_connection.h"

#include <ns3/boolean.h>
#include <ns3/callback.h>
#include <ns3/inet-socket-address.h>
#include <ns3/nstime.h>
#include <ns3/packet.h>
#include <ns3/tcp-cubic.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-socket-base.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"
#include "sim/ns3_units.h"

namespace acceptlab::sim {
namespace {

// What a socket takes beyond the bytes in flight. Only sizes travel, so it costs no memory; it
// saves a wake-up for each acknowledgement of a large message.
constexpr std::int64_t kUnsentBytes = 64LL << 20;
constexpr std::int64_t kLargestWrite = 16LL << 20;

// A lossy link must slow a connection down, not end it. ns-3 doubles the wait for each SYN in
// 32 bits, so there the number is bounded; with 5 % loss each way, 24 failures have odds of 1e-24.
constexpr std::uint32_t kSynRetries = 24;
constexpr std::uint32_t kDataRetries = 1'000'000'000;
constexpr Duration kSynTimeout = std::chrono::seconds(3);
constexpr Duration kDelayedAckTimeout = std::chrono::milliseconds(40);

// After the handshake over a lossy path the client sends one byte that belongs to no message: if
// its last acknowledgement was lost, the server opens with this byte. (ns-3 does not answer the
// repeated SYN+ACK.)
constexpr std::int64_t kHelloBytes = 1;

}  // namespace

PacketConnection::PacketConnection(const std::array<PacketEnd, 2>& ends, std::uint16_t port,
                                   int segment_bytes, bool lossy, std::function<void()> open_end,
                                   Arrived arrived)
    : segment_bytes_(segment_bytes),
      lossy_(lossy),
      open_end_(std::move(open_end)),
      arrived_(std::move(arrived)),
      listener_(make_socket(ends[1])),
      client_(make_socket(ends[0])) {
  using ns3::Address;
  using ns3::Ptr;
  using ns3::Socket;
  listener_->Bind(ns3::InetSocketAddress(ends[1].address, port));
  listener_->SetAcceptCallback(
      ns3::MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
      ns3::Callback<void, Ptr<Socket>, const Address&>(
          std::function<void(Ptr<Socket>, const Address&)>(
              [this](Ptr<Socket> socket, const Address&) { opened(1, socket); })));
  listener_->Listen();

  client_->SetConnectCallback(ns3::Callback<void, Ptr<Socket>>(std::function<void(Ptr<Socket>)>(
                                  [this](Ptr<Socket> socket) { opened(0, socket); })),
                              ns3::MakeNullCallback<void, Ptr<Socket>>());
  client_->Bind();
  const int failed = client_->Connect(ns3::InetSocketAddress(ends[1].address, port));
  ACCEPTLAB_CHECK(failed == 0);
}

PacketConnection::~PacketConnection() = default;

ns3::Ptr<ns3::Socket> PacketConnection::make_socket(const PacketEnd& end) const {
  auto socket = end.node->GetObject<ns3::TcpL4Protocol>()->CreateSocket(ns3::TcpCubic::GetTypeId());
  auto cubic = ns3::CreateObject<ns3::TcpCubic>();
  cubic->SetAttribute("HyStart", ns3::BooleanValue(end.profile.hystart));
  ns3::DynamicCast<ns3::TcpSocketBase>(socket)->SetCongestionControlAlgorithm(cubic);

  const auto set = [&socket](const char* name, std::int64_t value) {
    socket->SetAttribute(name, ns3::UintegerValue(static_cast<std::uint64_t>(value)));
  };
  const auto set_time = [&socket](const char* name, Duration value) {
    socket->SetAttribute(name, ns3::TimeValue(to_ns3(value)));
  };
  set("SegmentSize", segment_bytes_);
  set("InitialCwnd", kInitialWindowSegments);
  set("DelAckCount", kSegmentsPerAck);
  set("SndBufSize", end.profile.window.count() + kUnsentBytes);
  set("RcvBufSize", end.profile.window.count());
  set("ConnCount", kSynRetries);
  set("DataRetries", kDataRetries);
  set_time("ConnTimeout", std::max(kSynTimeout, end.profile.round_trip * 2));
  set_time("DelAckTimeout", kDelayedAckTimeout);
  set_time("MinRto", end.profile.smallest_timeout);
  socket->SetAttribute("TcpNoDelay", ns3::BooleanValue(true));
  return socket;
}

void PacketConnection::opened(int side, ns3::Ptr<ns3::Socket> socket) {
  using ns3::Ptr;
  using ns3::Socket;
  streams_[side].socket = socket;
  socket->SetRecvCallback(ns3::Callback<void, Ptr<Socket>>(
      std::function<void(Ptr<Socket>)>([this, side](const Ptr<Socket>&) { read(side); })));
  socket->SetSendCallback(ns3::Callback<void, Ptr<Socket>, std::uint32_t>(
      std::function<void(Ptr<Socket>, std::uint32_t)>(
          [this, side](const Ptr<Socket>&, std::uint32_t) { write(side); })));
  if (side == 0 && lossy_) {
    streams_[0].received = -kHelloBytes;
    socket->Send(ns3::Create<ns3::Packet>(kHelloBytes));
  }
  open_end_();
}

void PacketConnection::send(int side, Bytes size, std::uint64_t id) {
  Stream& stream = streams_[side];
  ACCEPTLAB_CHECK(stream.socket != nullptr);
  stream.queued += size.count();
  stream.under_way.push_back({size, id, stream.queued});
  write(side);
}

void PacketConnection::write(int side) {
  Stream& stream = streams_[side];
  while (stream.written < stream.queued) {
    const std::int64_t room = stream.socket->GetTxAvailable();
    const std::int64_t bytes = std::min({stream.queued - stream.written, room, kLargestWrite});
    if (bytes == 0) return;  // the send callback goes on
    const int taken = stream.socket->Send(ns3::Create<ns3::Packet>(bytes));
    ACCEPTLAB_CHECK(taken == bytes);
    stream.written += bytes;
  }
}

// `side` is the end that reads: the stream is the other end's.
void PacketConnection::read(int side) {
  Stream& stream = streams_[1 - side];
  while (const ns3::Ptr<ns3::Packet> packet = streams_[side].socket->Recv()) {
    if (packet->GetSize() == 0) break;
    stream.received += packet->GetSize();
  }
  while (!stream.under_way.empty() && stream.under_way.front().end <= stream.received) {
    const Message message = stream.under_way.front();
    stream.under_way.pop_front();
    arrived_(1 - side, message.size, message.id);
  }
}

}  // namespace acceptlab::sim
