// What the runtime adds to ns-3: a run of 100 mini-batches over 4 stages without numerics, against
// a bare ns-3 program that sends the same bytes over the same links with the same TCP settings.
#include <benchmark/benchmark.h>
#include <ns3/boolean.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4.h>
#include <ns3/net-device-container.h>
#include <ns3/node-container.h>
#include <ns3/packet.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/pointer.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/tcp-cubic.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-socket-base.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "compression/codec.h"
#include "compression/codec_spec.h"
#include "runtime/data/dataset_source.h"
#include "runtime/sized_compute.h"
#include "sim/emulation.h"
#include "sim/packet_network.h"
#include "sim/step_bandwidth.h"

namespace acceptlab {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units

constexpr int kStages = 4;
constexpr int kBatches = 100;
constexpr int kSamples = 32;
constexpr std::int64_t kValues = 800;  // of a sample at every cut: 102 kB a message
constexpr BitsPerSecond kRate = 100_Mbps;
constexpr Duration kDelay = 2ms;
constexpr int kSegment = 1448;

struct IgnoringRecorder : Recorder {
  void record(const StageSample& /*sample*/) override {}
  void record(const BatchSample& /*sample*/) override {}
  void record(const RepartitionSample& /*sample*/) override {}
  void record(const ReplicationSample& /*sample*/) override {}
  void record(const RecoverySample& /*sample*/) override {}
  void record(const EpochSample& /*sample*/) override {}
  void record(const OpSpan& /*span*/) override {}
  void record(const MessageSpan& /*span*/) override {}
};

DeviceProfile flat_profile() {
  DeviceProfile profile;
  profile.model = "flat";
  profile.batch_samples = kSamples;
  for (int u = 0; u < kStages; ++u) {
    profile.units.push_back({"unit", {static_cast<int>(kValues)}, kValues, 1000, 10ms, 20ms, 1ms});
  }
  return profile;
}

std::vector<sim::LinkSpec> links() {
  std::vector<sim::LinkSpec> specs;
  const auto add = [&specs](int a, int b) {
    const auto direction = [] {
      return sim::DirectionSpec{sim::make_constant_bandwidth(kRate), kDelay, 0.0, 0};
    };
    specs.push_back({DeviceId{a}, DeviceId{b}, direction(), direction()});
  };
  for (int k = 1; k < kStages; ++k) add(k - 1, k);
  add(0, kStages - 1);
  return specs;
}

// Returns what each link direction carried of messages.
std::vector<sim::LinkUse> run_emulation() {
  TrainingShape shape;
  shape.train_samples = kBatches * kSamples;
  shape.batch_samples = kSamples;
  const DeviceProfile profile = flat_profile();
  const auto codec = compression::make_codec(compression::parse_codec("none", 1024).value(), 1);
  std::vector<UnitSize> units(kStages, UnitSize{kValues, Bytes(0)});
  SizedCompute compute(units, {{codec.get(), codec.get()}});
  const sim::ProfileCost cost(profile, {}, sim::Slowdown(1.0));
  sim::EmulationOptions options;
  for (int k = 0; k < kStages; ++k) {
    options.devices.push_back({DeviceId{k}, &compute, &cost});
    options.central.plan.stages.push_back({DeviceId{k}, {k, k + 1}, Duration(0)});
  }
  options.central.shape = shape;
  data::SizedSource source(shape, Bytes(784));
  IgnoringRecorder recorder;
  sim::VirtualTime time;
  sim::Emulation emulation(
      std::move(options), time,
      [&time](sim::Network::Delivered delivered) {
        sim::PacketOptions packet;
        packet.segment_bytes = kSegment;
        return sim::make_packet_network(time, links(), packet, kStages, 1, std::move(delivered));
      },
      source, recorder, nullptr);
  return emulation.run().value();
}

// Sends `total` bytes as fast as TCP goes.
class BulkSender {
 public:
  BulkSender(ns3::Ptr<ns3::Socket> socket, std::int64_t total)
      : socket_(std::move(socket)), left_(total) {}
  void connect(const ns3::InetSocketAddress& peer) {
    socket_->SetSendCallback(ns3::MakeCallback(&BulkSender::on_room, this));
    socket_->SetConnectCallback(ns3::MakeCallback(&BulkSender::on_open, this),
                                ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    socket_->Bind();
    socket_->Connect(peer);
  }

 private:
  void on_open(ns3::Ptr<ns3::Socket> /*socket*/) { write(); }
  void on_room(ns3::Ptr<ns3::Socket> /*socket*/, std::uint32_t /*room*/) { write(); }
  void write() {
    while (left_ > 0) {
      const std::int64_t room = socket_->GetTxAvailable();
      const std::int64_t bytes = room >= left_ ? left_ : room / kSegment * kSegment;
      if (bytes == 0) return;
      socket_->Send(ns3::Create<ns3::Packet>(static_cast<std::uint32_t>(bytes)));
      left_ -= bytes;
    }
  }
  ns3::Ptr<ns3::Socket> socket_;
  std::int64_t left_;
};

class BulkReceiver {
 public:
  explicit BulkReceiver(ns3::Ptr<ns3::Socket> socket) : socket_(std::move(socket)) {
    socket_->SetAcceptCallback(
        ns3::MakeNullCallback<bool, ns3::Ptr<ns3::Socket>, const ns3::Address&>(),
        ns3::MakeCallback(&BulkReceiver::on_accept, this));
  }
  void listen(std::uint16_t port) {
    socket_->Bind(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), port));
    socket_->Listen();
  }
  std::int64_t received() const { return received_; }

 private:
  void on_accept(ns3::Ptr<ns3::Socket> accepted, const ns3::Address& /*peer*/) {
    accepted->SetRecvCallback(ns3::MakeCallback(&BulkReceiver::on_data, this));
  }
  void on_data(ns3::Ptr<ns3::Socket> socket) {
    while (const auto packet = socket->Recv()) {
      if (packet->GetSize() == 0) break;
      received_ += packet->GetSize();
    }
  }
  ns3::Ptr<ns3::Socket> socket_;
  std::int64_t received_ = 0;
};

ns3::Ptr<ns3::Socket> make_socket(const ns3::Ptr<ns3::Node>& node) {
  auto socket = node->GetObject<ns3::TcpL4Protocol>()->CreateSocket(ns3::TcpCubic::GetTypeId());
  socket->SetAttribute("SegmentSize", ns3::UintegerValue(kSegment));
  socket->SetAttribute("InitialCwnd", ns3::UintegerValue(10));
  socket->SetAttribute("DelAckCount", ns3::UintegerValue(2));
  socket->SetAttribute("SndBufSize", ns3::UintegerValue(4 << 20));
  socket->SetAttribute("RcvBufSize", ns3::UintegerValue(4 << 20));
  socket->SetAttribute("TcpNoDelay", ns3::BooleanValue(true));
  return socket;
}

// Without ns-3's address helper, which would install queue discs that the emulation has not.
ns3::Ipv4Address add_address(const ns3::Ptr<ns3::Node>& node,
                             const ns3::Ptr<ns3::NetDevice>& device, std::uint32_t address) {
  auto ipv4 = node->GetObject<ns3::Ipv4>();
  const std::uint32_t interface = ipv4->AddInterface(device);
  ipv4->AddAddress(interface, ns3::Ipv4InterfaceAddress(ns3::Ipv4Address(address),
                                                        ns3::Ipv4Mask("255.255.255.0")));
  ipv4->SetUp(interface);
  return ns3::Ipv4Address(address);
}

// Both directions of every link at once; nothing but ns-3. Returns the bytes received.
std::int64_t run_bare(const std::vector<sim::LinkUse>& uses) {
  ns3::NodeContainer nodes;
  nodes.Create(kStages);
  ns3::InternetStackHelper internet;
  internet.Install(nodes);
  ns3::PointToPointHelper link;
  link.SetDeviceAttribute("DataRate", ns3::StringValue("100Mbps"));
  link.SetChannelAttribute("Delay", ns3::StringValue("2ms"));
  link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", ns3::StringValue("1000000p"));
  std::vector<std::unique_ptr<BulkSender>> senders;
  std::vector<std::unique_ptr<BulkReceiver>> receivers;
  std::uint16_t port = 1000;
  for (std::size_t i = 0; i + 1 < uses.size(); i += 2) {
    const auto a = nodes.Get(static_cast<std::uint32_t>(uses[i].from.value));
    const auto b = nodes.Get(static_cast<std::uint32_t>(uses[i].to.value));
    const ns3::NetDeviceContainer devices = link.Install(a, b);
    const std::uint32_t network = 0x0a000000U + (static_cast<std::uint32_t>(i) << 8U);
    const std::array<ns3::Ipv4Address, 2> addresses = {add_address(a, devices.Get(0), network + 1),
                                                       add_address(b, devices.Get(1), network + 2)};
    for (int direction = 0; direction < 2; ++direction) {
      const auto& from = direction == 0 ? a : b;
      const auto& to = direction == 0 ? b : a;
      const std::int64_t bytes =
          uses[i + static_cast<std::size_t>(direction)].message_bytes.count();
      receivers.push_back(std::make_unique<BulkReceiver>(make_socket(to)));
      receivers.back()->listen(++port);
      senders.push_back(std::make_unique<BulkSender>(make_socket(from), bytes));
      senders.back()->connect(ns3::InetSocketAddress(addresses[direction == 0 ? 1 : 0], port));
    }
  }
  ns3::Simulator::Run();
  std::int64_t received = 0;
  for (const auto& receiver : receivers) received += receiver->received();
  ns3::Simulator::Destroy();
  return received;
}

std::int64_t total_bytes(const std::vector<sim::LinkUse>& uses) {
  std::int64_t bytes = 0;
  for (const sim::LinkUse& use : uses) bytes += use.message_bytes.count();
  return bytes;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The two in turn, so that what else the machine does hits both; the ratio is that of medians.
void BM_EmulationAgainstBareNs3(benchmark::State& state) {
  const std::vector<sim::LinkUse> uses = run_emulation();
  const std::int64_t bytes = total_bytes(uses);
  if (run_bare(uses) != bytes) {
    state.SkipWithError("the bare program did not carry the same bytes");
    return;
  }
  std::vector<double> emulated;
  std::vector<double> bare;
  for (auto _ : state) {
    emulated.push_back(seconds_of([] { benchmark::DoNotOptimize(run_emulation()); }));
    bare.push_back(seconds_of([&] { benchmark::DoNotOptimize(run_bare(uses)); }));
    state.SetIterationTime(emulated.back());
  }
  const auto median = [](std::vector<double> values) {
    std::nth_element(values.begin(),
                     values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
  };
  state.counters["ratio_to_bare_ns3"] = median(emulated) / median(bare);
  state.counters["simulated_MB_per_s"] = static_cast<double>(bytes) * 1e-6 / median(emulated);
  state.counters["bare_MB_per_s"] = static_cast<double>(bytes) * 1e-6 / median(bare);
  state.counters["MB"] = static_cast<double>(bytes) * 1e-6;
}
BENCHMARK(BM_EmulationAgainstBareNs3)
    ->UseManualTime()
    ->Iterations(9)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace acceptlab

BENCHMARK_MAIN();
