#include "sim/packet_network.h"

#include <ns3/boolean.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/ipv4-static-routing.h>
#include <ns3/ipv4.h>
#include <ns3/node-container.h>
#include <ns3/node-list.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/base/rng.h"
#include "sim/packet_link.h"
#include "sim/packet_stream.h"
#include "sim/topology.h"

namespace acceptlab::sim {
namespace {

constexpr std::uint16_t kFirstPort = 1000;
constexpr std::size_t kMostPairs = 30000;
constexpr int kMostDevices = 10000;
constexpr Bytes kIpAndTcpBytes{52};

// Every interface of a device has the device's one address: 10.0.0.1 is device 0.
ns3::Ipv4Address address_of(DeviceId device) {
  return ns3::Ipv4Address(0x0a000001U + static_cast<std::uint32_t>(device.value));
}

class PacketNetwork final : public Network {
 public:
  PacketNetwork(VirtualTime& time, std::vector<LinkSpec> links, const PacketOptions& options,
                int device_count, std::uint64_t seed, Delivered delivered)
      : time_(time),
        options_(options),
        routes_(links, device_count),
        delivered_(std::move(delivered)) {
    ACCEPTLAB_CHECK(ns3::NodeList::GetNNodes() == 0);
    ns3::RngSeedManager::SetSeed(static_cast<std::uint32_t>(mix64(seed) % 0xffff'fffeU) + 1);
    ns3::RngSeedManager::SetRun(1);
    make_nodes(device_count);
    for (LinkSpec& link : links) add_link(std::move(link));
  }

  void connect(const std::vector<std::pair<DeviceId, DeviceId>>& pairs,
               std::function<void()> ready) override {
    ACCEPTLAB_CHECK(streams_.empty() && pairs.size() < kMostPairs);
    ready_ = std::move(ready);
    for (const auto& [a, b] : pairs) {
      for (const Way& way : {Way{a, b}, Way{b, a}}) {
        const bool is_new = streams_.emplace(way, nullptr).second;
        ACCEPTLAB_CHECK(is_new);
        add_routes(way);
      }
    }
    closed_ = streams_.size();
    // In an event, as nodes start in one that was scheduled when they were made.
    time_.post([this] { open_all(); });
  }

  void send(DeviceId from, DeviceId to, Bytes size, std::uint64_t message_id) override {
    ACCEPTLAB_CHECK(size > Bytes(0) && closed_ == 0);
    const auto stream = streams_.find({from, to});
    ACCEPTLAB_CHECK(stream != streams_.end());
    stream->second->send(size, message_id);
  }

  std::uint64_t progress() const override {
    std::uint64_t bytes = 0;
    for (const auto& [way, stream] : streams_) {
      if (stream) bytes += stream->received_bytes();
    }
    return bytes;
  }

  std::vector<LinkUse> use() const override {
    std::vector<LinkUse> result;
    for (const auto& link : links_) {
      result.push_back(link->use(0));
      result.push_back(link->use(1));
    }
    return result;
  }

 private:
  using Way = std::pair<DeviceId, DeviceId>;  // from, to

  void make_nodes(int device_count);
  void add_link(LinkSpec spec);
  void add_interface(DeviceId device, const ns3::Ptr<ns3::NetDevice>& net_device);
  void add_routes(const Way& way);
  void open_all();
  std::unique_ptr<PacketStream> open(const Way& way, std::uint16_t port);
  std::vector<Hop> hops(const std::vector<DirectionIndex>& path) const;
  PacketStream::End end(DeviceId device) const {
    return {nodes_.Get(device.value), address_of(device)};
  }
  PacketLink& link(DirectionIndex direction) const { return *links_[direction / 2]; }

  VirtualTime& time_;
  PacketOptions options_;
  RouteTable routes_;
  Delivered delivered_;
  std::function<void()> ready_;
  ns3::NodeContainer nodes_;
  std::vector<std::unique_ptr<PacketLink>> links_;
  std::vector<int> interface_of_;  // [direction]: of the sending device
  std::set<Way> routed_;           // at, to
  std::map<Way, std::unique_ptr<PacketStream>> streams_;
  std::size_t closed_ = 0;  // streams that are not open yet
};

void PacketNetwork::make_nodes(int device_count) {
  nodes_.Create(device_count);
  ns3::InternetStackHelper stack;
  stack.SetRoutingHelper(ns3::Ipv4StaticRoutingHelper());
  stack.SetIpv6StackInstall(false);
  stack.Install(nodes_);
}

void PacketNetwork::add_link(LinkSpec spec) {
  const DeviceId a = spec.a;
  const DeviceId b = spec.b;
  const auto mtu = static_cast<std::uint16_t>(options_.segment_bytes + kIpAndTcpBytes.count());
  const auto random_stream = static_cast<std::int64_t>(2 * links_.size());
  links_.push_back(std::make_unique<PacketLink>(
      std::move(spec), std::array{nodes_.Get(a.value), nodes_.Get(b.value)}, mtu,
      options_.acks_first, random_stream));
  add_interface(a, links_.back()->device(0));
  add_interface(b, links_.back()->device(1));
}

void PacketNetwork::add_interface(DeviceId device, const ns3::Ptr<ns3::NetDevice>& net_device) {
  const auto ip = nodes_.Get(device.value)->GetObject<ns3::Ipv4>();
  const auto index = ip->AddInterface(net_device);
  ip->AddAddress(index, ns3::Ipv4InterfaceAddress(address_of(device), ns3::Ipv4Mask::GetOnes()));
  ip->SetUp(index);
  interface_of_.push_back(static_cast<int>(index));
}

// Routes for the connected pairs only: ns-3 searches a node's routes one by one for each packet.
void PacketNetwork::add_routes(const Way& way) {
  const auto [from, to] = way;
  DeviceId at = from;
  for (const DirectionIndex hop : routes_.path(from, to)) {
    if (routed_.emplace(at, to).second) {
      const auto ip = nodes_.Get(at.value)->GetObject<ns3::Ipv4>();
      ns3::Ipv4StaticRoutingHelper().GetStaticRouting(ip)->AddHostRouteTo(address_of(to),
                                                                          interface_of_[hop]);
    }
    at = routes_.end(hop);
  }
}

std::vector<Hop> PacketNetwork::hops(const std::vector<DirectionIndex>& path) const {
  std::vector<Hop> result;
  result.reserve(path.size());
  for (const DirectionIndex hop : path) {
    result.push_back({link(hop).rates(hop % 2), link(hop).delay(hop % 2)});
  }
  return result;
}

void PacketNetwork::open_all() {
  if (streams_.empty()) ready_();
  std::uint16_t port = kFirstPort;
  for (auto& [way, stream] : streams_) stream = open(way, port++);
}

std::unique_ptr<PacketStream> PacketNetwork::open(const Way& way, std::uint16_t port) {
  const auto [from, to] = way;
  const std::vector<DirectionIndex> there = routes_.path(from, to);
  const ConnectionProfile profile =
      connection_profile(hops(there), hops(routes_.path(to, from)), options_.segment_bytes);
  const auto opened = [this] {
    if (--closed_ == 0) ready_();
  };
  const auto arrived = [this, there](Bytes size, std::uint64_t id) {
    for (const DirectionIndex hop : there) link(hop).count_message(hop % 2, size);
    delivered_(id);
  };
  return std::make_unique<PacketStream>(end(from), end(to), port, options_.segment_bytes, profile,
                                        opened, arrived);
}

}  // namespace

std::unique_ptr<Network> make_packet_network(VirtualTime& time, std::vector<LinkSpec> links,
                                             const PacketOptions& options, int device_count,
                                             std::uint64_t seed, Network::Delivered delivered) {
  check_links(links, device_count);
  if (device_count > kMostDevices) {
    throw ConfigError("the packet network has room for " + std::to_string(kMostDevices) +
                      " devices");
  }
  check_segment(options.segment_bytes);
  return std::make_unique<PacketNetwork>(time, std::move(links), options, device_count, seed,
                                         std::move(delivered));
}

}  // namespace acceptlab::sim
