#include "sim/packet_stream.h"

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

using ns3::Address;
using ns3::Ptr;
using ns3::Socket;

// A lossy link must slow a connection down, not end it. ns-3 doubles the wait for each SYN in
// 32 bits, so there the number is bounded; with 5 % loss each way, 24 failures have odds of 1e-24.
constexpr std::uint32_t kSynRetries = 24;
constexpr std::uint32_t kDataRetries = 1'000'000'000;
constexpr Duration kSynTimeout = std::chrono::seconds(3);

template <typename... Arguments, typename Function>
ns3::Callback<void, Arguments...> callback(Function function) {
  return ns3::Callback<void, Arguments...>(std::function<void(Arguments...)>(std::move(function)));
}

// All settings are the socket's own: ns-3's global defaults stay as they are.
Ptr<Socket> make_socket(const Ptr<ns3::Node>& node, int segment_bytes,
                        const ConnectionProfile& profile) {
  auto socket = node->GetObject<ns3::TcpL4Protocol>()->CreateSocket(ns3::TcpCubic::GetTypeId());
  auto cubic = ns3::CreateObject<ns3::TcpCubic>();
  cubic->SetAttribute("HyStart", ns3::BooleanValue(profile.hystart));
  ns3::DynamicCast<ns3::TcpSocketBase>(socket)->SetCongestionControlAlgorithm(cubic);

  const auto set = [&socket](const char* name, std::int64_t value) {
    socket->SetAttribute(name, ns3::UintegerValue(static_cast<std::uint64_t>(value)));
  };
  const auto set_time = [&socket](const char* name, Duration value) {
    socket->SetAttribute(name, ns3::TimeValue(to_ns3(value)));
  };
  set("SegmentSize", segment_bytes);
  set("InitialCwnd", kInitialWindowSegments);
  set("DelAckCount", kSegmentsPerAck);
  // Not more than the receiver takes: with more unsent data, ns-3 3.37 crashes when it repeats a
  // lost segment (TcpRateLinux::SkbSent on no item).
  set("SndBufSize", profile.window.count());
  set("RcvBufSize", profile.window.count());
  set("ConnCount", kSynRetries);
  set("DataRetries", kDataRetries);
  set_time("ConnTimeout", std::max(kSynTimeout, profile.round_trip * 2));
  set_time("DelAckTimeout", kDelayedAckTimeout);
  set_time("MinRto", profile.smallest_timeout);
  socket->SetAttribute("TcpNoDelay", ns3::BooleanValue(true));
  return socket;
}

}  // namespace

PacketStream::PacketStream(const End& sender, const End& receiver, std::uint16_t port,
                           int segment_bytes, const ConnectionProfile& profile,
                           std::function<void()> opened,
                           std::function<void(Bytes, std::uint64_t)> arrived)
    : segment_bytes_(segment_bytes),
      opened_(std::move(opened)),
      arrived_(std::move(arrived)),
      listener_(make_socket(receiver.node, segment_bytes, profile)),
      sender_(make_socket(sender.node, segment_bytes, profile)) {
  listen(receiver, port);
  connect(receiver, port);
}

PacketStream::~PacketStream() = default;

void PacketStream::listen(const End& receiver, std::uint16_t port) {
  listener_->Bind(ns3::InetSocketAddress(receiver.address, port));
  const auto receive = callback<Ptr<Socket>>([this](const Ptr<Socket>& socket) { read(socket); });
  listener_->SetAcceptCallback(
      ns3::MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
      callback<Ptr<Socket>, const Address&>([receive](const Ptr<Socket>& accepted, const Address&) {
        accepted->SetRecvCallback(receive);
      }));
  listener_->Listen();
}

void PacketStream::connect(const End& receiver, std::uint16_t port) {
  sender_->SetConnectCallback(callback<Ptr<Socket>>([this](const Ptr<Socket>&) { opened_(); }),
                              ns3::MakeNullCallback<void, Ptr<Socket>>());
  sender_->SetSendCallback(
      callback<Ptr<Socket>, std::uint32_t>([this](const Ptr<Socket>&, std::uint32_t) { write(); }));
  sender_->Bind();
  const int failed = sender_->Connect(ns3::InetSocketAddress(receiver.address, port));
  ACCEPTLAB_CHECK(failed == 0);
}

void PacketStream::send(Bytes size, std::uint64_t id) {
  queued_ += size.count();
  under_way_.push_back({size, id, queued_});
  write();
}

void PacketStream::write() {
  while (written_ < queued_) {
    // Whole segments but at the end: with TcpNoDelay a part of one would travel as a packet.
    const std::int64_t left = queued_ - written_;
    const std::int64_t room = sender_->GetTxAvailable();
    const std::int64_t bytes = room >= left ? left : room / segment_bytes_ * segment_bytes_;
    if (bytes == 0) return;  // the send callback goes on
    const int taken = sender_->Send(ns3::Create<ns3::Packet>(static_cast<std::uint32_t>(bytes)));
    ACCEPTLAB_CHECK(taken == bytes);
    written_ += bytes;
  }
}

void PacketStream::read(const Ptr<Socket>& socket) {
  while (const Ptr<ns3::Packet> packet = socket->Recv()) {
    if (packet->GetSize() == 0) break;
    received_ += packet->GetSize();
  }
  while (!under_way_.empty() && under_way_.front().end <= received_) {
    const Message message = under_way_.front();
    under_way_.pop_front();
    arrived_(message.size, message.id);
  }
}

}  // namespace acceptlab::sim
