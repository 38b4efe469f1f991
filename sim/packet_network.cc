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
#include "sim/packet_connection.h"
#include "sim/packet_link.h"
#include "sim/topology.h"

namespace acceptlab::sim {
namespace {

constexpr std::uint16_t kFirstPort = 1000;
constexpr std::size_t kMostConnections = 60000;
constexpr int kMostDevices = 10000;
constexpr Bytes kIpAndTcpBytes{52};
constexpr int kSmallestSegment = 64;
constexpr int kLargestSegment = 65000;

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
    ACCEPTLAB_CHECK(connections_.empty() && pairs.size() < kMostConnections);
    ready_ = std::move(ready);
    for (const auto& [a, b] : pairs) {
      const bool is_new = connection_of_.emplace(std::minmax(a, b), connection_of_.size()).second;
      ACCEPTLAB_CHECK(is_new && a != b);
      add_routes(a, b);
      add_routes(b, a);
    }
    closed_ends_ = 2 * pairs.size();
    // In an event, as nodes start in one that was scheduled when they were made.
    time_.post([this] { open_all(); });
  }

  void send(DeviceId from, DeviceId to, Bytes size, std::uint64_t message_id) override {
    ACCEPTLAB_CHECK(size > Bytes(0) && closed_ends_ == 0);
    const auto found = connection_of_.find(std::minmax(from, to));
    ACCEPTLAB_CHECK(found != connection_of_.end());
    connections_[found->second]->send(from < to ? 0 : 1, size, message_id);
  }

  std::uint64_t progress() const override {
    std::uint64_t bytes = 0;
    for (const auto& connection : connections_) bytes += connection->received_bytes();
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
  void make_nodes(int device_count);
  void add_link(LinkSpec spec);
  void add_interface(DeviceId device, const ns3::Ptr<ns3::NetDevice>& net_device);
  void add_routes(DeviceId from, DeviceId to);
  void open_all();
  void open(DeviceId a, DeviceId b, std::size_t index);
  void end_opened();
  std::vector<Hop> hops(DeviceId from, DeviceId to) const;

  PacketLink& link(DirectionIndex direction) const { return *links_[direction / 2]; }

  VirtualTime& time_;
  PacketOptions options_;
  RouteTable routes_;
  Delivered delivered_;
  std::function<void()> ready_;
  ns3::NodeContainer nodes_;
  std::vector<std::unique_ptr<PacketLink>> links_;
  std::vector<int> interface_of_;                   // [direction]: of the sending device
  std::set<std::pair<DeviceId, DeviceId>> routed_;  // (at, to)
  std::map<std::pair<DeviceId, DeviceId>, std::size_t> connection_of_;  // smaller id first
  std::vector<std::unique_ptr<PacketConnection>> connections_;
  std::size_t closed_ends_ = 0;
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
      std::move(spec), std::array{nodes_.Get(a.value), nodes_.Get(b.value)}, mtu, random_stream));
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
void PacketNetwork::add_routes(DeviceId from, DeviceId to) {
  DeviceId at = from;
  for (const DirectionIndex hop : routes_.path(from, to)) {
    if (routed_.emplace(at, to).second) {
      const auto ip = nodes_.Get(at.value)->GetObject<ns3::Ipv4>();
      ns3::Ipv4StaticRoutingHelper().GetStaticRouting(ip)->AddHostRouteTo(address_of(to),
                                                                          interface_of_[hop]);
    }
    at = link(hop).use(hop % 2).to;
  }
}

std::vector<Hop> PacketNetwork::hops(DeviceId from, DeviceId to) const {
  std::vector<Hop> result;
  for (const DirectionIndex hop : routes_.path(from, to)) {
    result.push_back({link(hop).rates(hop % 2), link(hop).delay(hop % 2)});
  }
  return result;
}

void PacketNetwork::open_all() {
  if (connection_of_.empty()) ready_();
  connections_.resize(connection_of_.size());
  for (const auto& [pair, index] : connection_of_) open(pair.first, pair.second, index);
}

void PacketNetwork::open(DeviceId a, DeviceId b, std::size_t index) {
  const std::vector<Hop> there = hops(a, b);
  const std::vector<Hop> back = hops(b, a);
  const std::array ends{PacketEnd{nodes_.Get(a.value), address_of(a),
                                  connection_profile(there, back, options_.segment_bytes)},
                        PacketEnd{nodes_.Get(b.value), address_of(b),
                                  connection_profile(back, there, options_.segment_bytes)}};
  bool lossy = false;
  const std::array paths{routes_.path(a, b), routes_.path(b, a)};
  for (const auto& path : paths) {
    for (const DirectionIndex hop : path) lossy = lossy || link(hop).may_drop();
  }
  connections_[index] = std::make_unique<PacketConnection>(
      ends, static_cast<std::uint16_t>(kFirstPort + index), options_.segment_bytes, lossy,
      [this] { end_opened(); },
      [this, paths](int side, Bytes size, std::uint64_t id) {
        for (const DirectionIndex hop : paths[side]) link(hop).count_message(hop % 2, size);
        delivered_(id);
      });
}

void PacketNetwork::end_opened() {
  if (--closed_ends_ == 0) ready_();
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
  if (options.segment_bytes < kSmallestSegment || options.segment_bytes > kLargestSegment) {
    throw ConfigError("segment_bytes must be in [" + std::to_string(kSmallestSegment) + ", " +
                      std::to_string(kLargestSegment) + "]");
  }
  return std::make_unique<PacketNetwork>(time, std::move(links), options, device_count, seed,
                                         std::move(delivered));
}

}  // namespace acceptlab::sim
