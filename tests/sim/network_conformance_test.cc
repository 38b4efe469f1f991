// What holds of every Network, whatever the model.

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "runtime/base/result.h"
#include "runtime/base/rng.h"
#include "tests/sim/network_world.h"

namespace acceptlab::sim {
namespace {
using namespace literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class NetworkConformance : public ::testing::TestWithParam<Model> {};

TEST_P(NetworkConformance, IsReadyLaterThanConnectEvenWithoutPairs) {
  for (const bool with_pair : {false, true}) {
    NetworkWorld world(GetParam(), one_link(10_Mbps, 1ms), 2);
    std::vector<std::pair<DeviceId, DeviceId>> pairs;
    if (with_pair) pairs.push_back({DeviceId{1}, DeviceId{0}});
    bool returned = false;
    world.network->connect(pairs, [&] {
      EXPECT_TRUE(returned);
      world.ready = world.time.now();
    });
    returned = true;
    world.time.run();
    ASSERT_TRUE(world.ready.has_value());
    EXPECT_EQ(*world.ready >= TimePoint{} + 2ms, with_pair);
  }
}

TEST_P(NetworkConformance, DeliversNothingInsideSend) {
  NetworkWorld world(GetParam(), one_link(10_Gbps, 0ms), 2);
  bool inside_send = false;
  const auto send = [&](std::uint64_t id) {
    inside_send = true;
    world.send(0, 1, 1_B, id);
    inside_send = false;
  };
  world.on_arrival = [&](std::uint64_t id) {
    EXPECT_FALSE(inside_send);
    if (id < 5) send(id + 1);
  };
  world.run([&] { send(1); });
  EXPECT_THAT(world.arrived_ids(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_P(NetworkConformance, DeliversInTheOrderSentWhateverTheSizes) {
  NetworkWorld world(GetParam(), one_link(10_Mbps, 5ms), 2);
  Rng rng(7, "sizes");
  std::vector<std::uint64_t> ids(200);
  std::iota(ids.begin(), ids.end(), 0);
  world.run([&] {
    for (const auto id : ids) {
      const std::uint64_t size = id % 20 == 0 ? 300'000 : 1 + rng.below(3000);
      world.send(0, 1, Bytes(static_cast<std::int64_t>(size)), id);
    }
  });
  EXPECT_EQ(world.arrived_ids(), ids);
}

TEST_P(NetworkConformance, ServesBothDirectionsAtOnce) {
  const auto run = [&](bool both) {
    NetworkWorld world(GetParam(), one_link(10_Mbps, 1ms), 2);
    world.run([&] {
      world.send(0, 1, Bytes(1'000'000), 1);
      if (both) world.send(1, 0, Bytes(1'000'000), 2);
    });
    return to_seconds(world.duration(1).value());
  };
  const double alone = run(false);
  const double both = run(true);
  // Acknowledgements of the other direction: 54 bytes for 2 packets of 1502, 1.8 %.
  EXPECT_NEAR(both / alone, 1.0 + 54.0 / (2 * 1502), 0.003);
}

TEST_P(NetworkConformance, ReachesDevicesBehindOthers) {
  NetworkWorld world(GetParam(), chain(4, 10_Mbps, 2ms), 4);
  world.run({{DeviceId{0}, DeviceId{3}}, {DeviceId{1}, DeviceId{2}}}, [&] {
    world.send(0, 3, Bytes(10'000), 1);
    world.send(3, 0, Bytes(10'000), 2);
  });
  // Packets are passed on one by one: the last link adds a packet's time, not the message's.
  const Duration expected =
      on_wire(Bytes(10'000)) / 10_Mbps + 3 * 2ms + 2 * (kFullPacket / 10_Mbps);
  for (const std::uint64_t id : {1, 2}) {
    EXPECT_NEAR(to_milliseconds(world.duration(id).value()), to_milliseconds(expected), 1.0);
  }
}

TEST_P(NetworkConformance, ARouteIsAsFastAsItsSlowestLink) {
  for (const bool slow_first : {true, false}) {
    std::vector<LinkSpec> links;
    links.push_back(link(0, 1, slow_first ? 5_Mbps : 50_Mbps, 1ms));
    links.push_back(link(1, 2, slow_first ? 50_Mbps : 5_Mbps, 1ms));
    NetworkWorld world(GetParam(), std::move(links), 3);
    world.run({{DeviceId{0}, DeviceId{2}}}, [&] { world.send(0, 2, Bytes(1'000'000), 1); });
    const double expected = to_seconds(on_wire(Bytes(1'000'000)) / 5_Mbps + 2ms);
    EXPECT_NEAR(to_seconds(world.duration(1).value()) / expected, 1.0, 0.01);
  }
}

TEST_P(NetworkConformance, CountsMessagesOnEveryLinkOfTheWay) {
  NetworkWorld world(GetParam(), chain(3, 10_Mbps, 1ms), 3);
  world.run({{DeviceId{0}, DeviceId{2}}}, [&] {
    world.send(0, 2, Bytes(5000), 1);
    world.send(0, 2, Bytes(700), 2);
  });
  const std::vector<LinkUse> use = world.network->use();
  ASSERT_EQ(use.size(), 4u);
  for (const LinkUse& direction : use) {
    const bool forward = direction.from < direction.to;
    EXPECT_EQ(direction.messages, forward ? 2 : 0);
    EXPECT_EQ(direction.message_bytes, Bytes(forward ? 5700 : 0));
    EXPECT_EQ(direction.dropped_packets, 0);
  }
}

// SYN 58 bytes, SYN+ACK 58, ACK 54 for each of the two connections; the message is 7 segments, of
// which the first, third, fifth and seventh are acknowledged.
TEST_P(NetworkConformance, CountsHeadersAcknowledgementsAndHandshakes) {
  NetworkWorld world(GetParam(), one_link(10_Mbps, 1ms), 2);
  world.run([&] { world.send(0, 1, Bytes(7 * 1448), 1); });
  const std::vector<LinkUse> use = world.network->use();
  ASSERT_EQ(use.size(), 2u);
  const Bytes handshakes(58 + 54 + 58);
  EXPECT_EQ(use[0].wire_bytes, handshakes + kFullPacket * 7);
  EXPECT_EQ(use[1].wire_bytes, handshakes + Bytes(54) * 4);
  EXPECT_NEAR(to_seconds(use[0].busy), to_seconds(use[0].wire_bytes / 10_Mbps), 1e-7);
}

TEST_P(NetworkConformance, ShowsProgressWhileAMessageIsOnTheWay) {
  NetworkWorld world(GetParam(), one_link(1_Mbps, 1ms), 2);
  std::vector<std::uint64_t> seen;
  world.run([&] {
    world.send(0, 1, Bytes(1'000'000), 1);
    for (int i = 0; i < 9; ++i) {
      world.time.after(1s * i, [&] { seen.push_back(world.network->progress()); });
    }
  });
  ASSERT_EQ(seen.size(), 9u);
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GT(seen[i], seen[i - 1]);
  const std::uint64_t after = world.network->progress();
  world.time.after(10s, [] {});
  world.time.run();
  EXPECT_EQ(world.network->progress(), after);
}

std::vector<Arrival> busy_run(Model model, std::uint64_t seed, double loss) {
  std::vector<LinkSpec> links = chain(3, 20_Mbps, 3ms);
  if (loss > 0.0) links[0] = link(0, 1, 20_Mbps, 3ms, loss);
  NetworkWorld world(model, std::move(links), 3, seed);
  Rng rng(3, "traffic");
  world.run({{DeviceId{0}, DeviceId{1}}, {DeviceId{1}, DeviceId{2}}, {DeviceId{0}, DeviceId{2}}},
            [&] {
              for (std::uint64_t id = 0; id < 60; ++id) {
                const int from = static_cast<int>(rng.below(3));
                const int to = (from + 1 + static_cast<int>(rng.below(2))) % 3;
                const Bytes size(1 + static_cast<std::int64_t>(rng.below(50'000)));
                world.time.after(Duration(rng.below(500'000'000)),
                                 [&world, from, to, size, id] { world.send(from, to, size, id); });
              }
            });
  return world.arrivals;
}

TEST_P(NetworkConformance, RepeatsToTheNanosecondInOneProcess) {
  const std::vector<Arrival> first = busy_run(GetParam(), 1, 0.0);
  EXPECT_EQ(first.size(), 60u);
  busy_run(Model::kPacket, 9, 0.02);  // another network in between
  EXPECT_EQ(busy_run(GetParam(), 1, 0.0), first);
}

TEST_P(NetworkConformance, MoreBandwidthNeverDeliversLater) {
  for (const Duration delay : {0ms, 5ms, 25ms}) {
    for (const std::int64_t size : {1'000, 30'000, 100'000, 400'000}) {
      Duration before = Duration::max();
      for (BitsPerSecond rate = 1_Mbps; rate <= 128_Mbps; rate = BitsPerSecond(rate.count() * 2)) {
        NetworkWorld world(GetParam(), one_link(rate, delay), 2);
        world.run([&] { world.send(0, 1, Bytes(size), 1); });
        const Duration now = world.duration(1).value();
        EXPECT_LE(now, before) << size << " bytes, " << rate.count() << " bit/s";
        before = now;
      }
    }
  }
}

TEST_P(NetworkConformance, RefusesLinksThatCannotBe) {
  const auto message_of = [&](std::vector<LinkSpec> links) -> std::string {
    try {
      NetworkWorld world(GetParam(), std::move(links), 2);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  };
  const auto single = [](LinkSpec spec) {
    std::vector<LinkSpec> links;
    links.push_back(std::move(spec));
    return links;
  };
  EXPECT_THAT(message_of(single(link(0, 2, 1_Mbps, 1ms))), HasSubstr("devices 0 to 1 only"));
  EXPECT_THAT(message_of(single(link(1, 1, 1_Mbps, 1ms))), HasSubstr("both ends are one device"));
  EXPECT_THAT(message_of(single(link(0, 1, 1_Mbps, -1ms))), HasSubstr("delay is negative"));
  EXPECT_THAT(message_of(single(link(0, 1, 1_Mbps, 1ms, 1.0))), HasSubstr("loss"));
  std::vector<LinkSpec> twice = one_link(1_Mbps, 1ms);
  twice.push_back(link(1, 0, 1_Mbps, 1ms));
  EXPECT_THAT(message_of(std::move(twice)), HasSubstr("already has a link"));
}

TEST_P(NetworkConformance, RefusesPairsWithoutAWay) {
  std::vector<LinkSpec> links = one_link(1_Mbps, 1ms);
  NetworkWorld world(GetParam(), std::move(links), 3);
  EXPECT_THROW(world.network->connect({{DeviceId{0}, DeviceId{2}}}, [] {}), ConfigError);
}

INSTANTIATE_TEST_SUITE_P(Models, NetworkConformance,
                         ::testing::Values(Model::kPacket, Model::kMessage),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace acceptlab::sim
