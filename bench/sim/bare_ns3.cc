#include "bench/sim/bare_ns3.h"

#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>

#include <algorithm>
#include <cstdint>

namespace acceptlab::sim {
namespace {

using ns3::Ptr;
using ns3::Socket;

constexpr std::uint32_t kSegment = 1448;

class BareTransfer {
 public:
  explicit BareTransfer(const NetworkCase& c) : size_(c.size.count()), messages_(c.messages) {
    ns3::NodeContainer nodes;
    nodes.Create(2);
    ns3::PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", ns3::DataRateValue(ns3::DataRate(c.rate.count())));
    link.SetChannelAttribute("Delay", ns3::TimeValue(ns3::NanoSeconds(c.round_trip.count() / 2)));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", ns3::StringValue("1000000p"));
    link.DisableFlowControl();
    const auto devices = link.Install(nodes);
    ns3::InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    ns3::Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    const auto interfaces = addresses.Assign(devices);

    const auto buffer = static_cast<std::uint32_t>(
        std::max<std::int64_t>(2 * (c.rate * c.round_trip).count(), 64 * kSegment) / kSegment *
        kSegment);
    listener_ = make_socket(nodes.Get(1), buffer);
    sender_ = make_socket(nodes.Get(0), buffer);
    listener_->Bind(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), 9));
    listener_->SetAcceptCallback(ns3::MakeNullCallback<bool, Ptr<Socket>, const ns3::Address&>(),
                                 ns3::MakeCallback(&BareTransfer::accept, this));
    listener_->Listen();
    sender_->SetConnectCallback(ns3::MakeCallback(&BareTransfer::connected, this),
                                ns3::MakeNullCallback<void, Ptr<Socket>>());
    sender_->SetSendCallback(ns3::MakeCallback(&BareTransfer::write, this));
    sender_->Bind();
    sender_->Connect(ns3::InetSocketAddress(interfaces.GetAddress(1), 9));
  }

 private:
  static Ptr<Socket> make_socket(const Ptr<ns3::Node>& node, std::uint32_t buffer) {
    auto socket = node->GetObject<ns3::TcpL4Protocol>()->CreateSocket(ns3::TcpCubic::GetTypeId());
    for (const char* name : {"SndBufSize", "RcvBufSize"}) {
      socket->SetAttribute(name, ns3::UintegerValue(buffer));
    }
    socket->SetAttribute("SegmentSize", ns3::UintegerValue(kSegment));
    socket->SetAttribute("TcpNoDelay", ns3::BooleanValue(true));
    return socket;
  }
  void accept(Ptr<Socket> socket, const ns3::Address&) {
    socket->SetRecvCallback(ns3::MakeCallback(&BareTransfer::read, this));
  }
  void connected(Ptr<Socket> socket) {
    to_write_ = size_;
    write(socket, 0);
  }
  void write(Ptr<Socket> socket, std::uint32_t) {
    while (to_write_ > 0) {
      const std::int64_t room = socket->GetTxAvailable();
      const auto bytes = room >= to_write_ ? to_write_ : room / kSegment * kSegment;
      if (bytes == 0) return;
      socket->Send(ns3::Create<ns3::Packet>(static_cast<std::uint32_t>(bytes)));
      to_write_ -= bytes;
    }
  }
  void read(Ptr<Socket> socket) {
    while (const auto packet = socket->Recv()) {
      if (packet->GetSize() == 0) break;
      received_ += packet->GetSize();
    }
    if (received_ < size_) return;
    received_ -= size_;
    if (--messages_ == 0) return;
    to_write_ += size_;
    write(sender_, 0);
  }

  std::int64_t size_;
  int messages_;
  std::int64_t to_write_ = 0;
  std::int64_t received_ = 0;
  Ptr<Socket> listener_;
  Ptr<Socket> sender_;
};

}  // namespace

void run_bare_ns3(const NetworkCase& c) {
  {
    BareTransfer transfer(c);
    ns3::Simulator::Run();
  }
  ns3::Simulator::Destroy();
}

}  // namespace acceptlab::sim
