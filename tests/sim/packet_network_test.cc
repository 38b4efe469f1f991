// What the packet network alone does: loss, queues, and the corners of its range.

#include "sim/packet_network.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "runtime/base/result.h"
#include "tests/sim/network_world.h"

namespace acceptlab::sim {
namespace {
using namespace literals;

struct Corner {
  BitsPerSecond rate;
  Duration delay{0};
  double loss = 0.0;
};

std::string name(const ::testing::TestParamInfo<Corner>& info) {
  return std::to_string(info.param.rate.count() / 1000) + "kbps_" +
         std::to_string(info.param.delay.count() / 1'000'000) + "ms_" +
         std::to_string(std::lround(info.param.loss * 1000)) + "permille";
}

std::vector<Corner> corners() {
  std::vector<Corner> result;
  for (const BitsPerSecond rate : {100_kbps, 10_Mbps, 10_Gbps}) {
    for (const Duration delay : {0ms, 500ms}) {
      for (const double loss : {0.0, 0.05}) result.push_back({rate, delay, loss});
    }
  }
  return result;
}

class PacketNetworkCorner : public ::testing::TestWithParam<Corner> {};

TEST_P(PacketNetworkCorner, DeliversEverythingBothWays) {
  const Corner corner = GetParam();
  const Bytes large(corner.rate < 1_Mbps ? 100'000 : 1'000'000);
  for (const std::uint64_t seed : {1, 2, 3}) {
    NetworkWorld world(Model::kPacket, one_link(corner.rate, corner.delay, corner.loss), 2, seed);
    world.run([&] {
      for (std::uint64_t id = 0; id < 6; id += 2) {
        world.send(0, 1, id == 2 ? large : Bytes(3000), id);
        world.send(1, 0, id == 2 ? large : Bytes(3000), id + 1);
      }
    });
    ASSERT_EQ(world.arrivals.size(), 6u) << "seed " << seed;
    const Duration fastest = on_wire(large + Bytes(6000)) / corner.rate + corner.delay;
    EXPECT_GE(world.duration(4).value(), fastest);
    if (corner.loss > 0.0) {
      EXPECT_GT(world.network->use()[0].dropped_packets, 0);
    } else {
      // Slow start needs 7 round trips for 1 MB. Acknowledgements take 2 %, or 4 % where segments
      // are so far apart that each has its own.
      EXPECT_LE(world.duration(4).value(), fastest * 21 / 20 + 16 * corner.delay + 1ms);
      EXPECT_EQ(world.network->use()[0].dropped_packets, 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Corners, PacketNetworkCorner, ::testing::ValuesIn(corners()), name);

TEST(PacketNetwork, LosesTheShareOfPacketsAskedFor) {
  NetworkWorld world(Model::kPacket, one_link(100_Mbps, 1ms, 0.02), 2);
  world.run([&] { world.send(0, 1, Bytes(8'000'000), 1); });
  const LinkUse use = world.network->use()[0];
  const double packets = static_cast<double>(use.wire_bytes.count()) / kFullPacket.count();
  // Six standard deviations of a binomial distribution.
  const double sigma = std::sqrt(0.02 * 0.98 / packets);
  EXPECT_NEAR(static_cast<double>(use.dropped_packets) / packets, 0.02, 6 * sigma);
}

std::vector<Arrival> lossy_run(std::uint64_t seed) {
  NetworkWorld world(Model::kPacket, one_link(10_Mbps, 5ms, 0.03), 2, seed);
  world.run([&] {
    for (std::uint64_t id = 0; id < 5; ++id) world.send(0, 1, Bytes(100'000), id);
  });
  return world.arrivals;
}

TEST(PacketNetwork, LossesDependOnTheSeedAlone) {
  const std::vector<Arrival> first = lossy_run(1);
  EXPECT_EQ(first.size(), 5u);
  EXPECT_EQ(lossy_run(1), first);
  EXPECT_NE(lossy_run(2).back().time, first.back().time);
}

TEST(PacketNetwork, AShortQueueDropsAndTcpRecovers) {
  std::vector<LinkSpec> links = one_link(10_Mbps, 20ms);
  links[0].a_to_b.queue_packets = 10;
  NetworkWorld world(Model::kPacket, std::move(links), 2);
  world.run([&] { world.send(0, 1, Bytes(1'000'000), 1); });
  EXPECT_EQ(world.arrivals.size(), 1u);
  EXPECT_GT(world.network->use()[0].dropped_packets, 0);
}

TEST(PacketNetwork, ConnectionsShareALinkFairly) {
  NetworkWorld world(Model::kPacket, chain(3, 10_Mbps, 1ms), 3);
  world.run({{DeviceId{0}, DeviceId{1}}, {DeviceId{0}, DeviceId{2}}}, [&] {
    world.send(0, 1, Bytes(2'000'000), 1);
    world.send(0, 2, Bytes(100'000), 2);
  });
  // Alone 0.08 s; behind the large message it would be 1.7 s.
  EXPECT_LT(world.duration(2).value(), 600ms);
}

double cost_of_both_ways(bool acks_first) {
  Duration times[2];
  for (const bool both : {false, true}) {
    VirtualTime time;
    std::unique_ptr<Network> network;
    TimePoint end{};
    network = make_packet_network(time, one_link(100_Mbps, 2ms), {1448, acks_first}, 2, 1,
                                  [&](std::uint64_t id) {
                                    if (id == 1) end = time.now();
                                  });
    network->connect({{DeviceId{0}, DeviceId{1}}}, [&] {
      network->send(DeviceId{0}, DeviceId{1}, Bytes(4'000'000), 1);
      if (both) network->send(DeviceId{1}, DeviceId{0}, Bytes(4'000'000), 2);
    });
    time.run();
    times[both] = end - TimePoint{};
  }
  return to_seconds(times[1]) / to_seconds(times[0]) - 1.0;
}

// The reason for AckFirstQueue.
TEST(PacketNetwork, AcknowledgementsBehindDataCostATenthOfTheBandwidth) {
  EXPECT_LT(cost_of_both_ways(true), 0.02);
  EXPECT_GT(cost_of_both_ways(false), 0.1);
}

TEST(PacketNetwork, LargerSegmentsSaveHeaders) {
  for (const int segment : {536, 1448, 8948, 60'000}) {
    VirtualTime time;
    std::unique_ptr<Network> network;
    int arrived = 0;
    network = make_packet_network(time, one_link(100_Mbps, 1ms), PacketOptions{segment}, 2, 1,
                                  [&](std::uint64_t) { ++arrived; });
    network->connect({{DeviceId{0}, DeviceId{1}}},
                     [&] { network->send(DeviceId{0}, DeviceId{1}, Bytes(600'000), 1); });
    time.run();
    EXPECT_EQ(arrived, 1);
    const std::int64_t segments = (600'000 + segment - 1) / segment;
    EXPECT_EQ(network->use()[0].wire_bytes, Bytes(600'000 + 54 * segments + 58 + 54 + 58));
  }
}

TEST(PacketNetwork, RefusesSegmentsThatFitNoPacket) {
  VirtualTime time;
  for (const int segment : {0, 63, 65'001}) {
    EXPECT_THROW(make_packet_network(time, one_link(1_Mbps, 1ms), PacketOptions{segment}, 2, 1,
                                     [](std::uint64_t) {}),
                 ConfigError);
  }
}

}  // namespace
}  // namespace acceptlab::sim
