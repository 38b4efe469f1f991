// Times of messages against closed forms.

#include <gmock/gmock.h>

#include <cmath>

#include "runtime/base/result.h"
#include "sim/rate_timeline.h"
#include "tests/sim/network_world.h"

namespace acceptlab::sim {
namespace {
using namespace literals;

class TransferTime : public ::testing::TestWithParam<Model> {};

// Up to the initial window of 10 segments nothing waits: headers and payload over the rate, plus
// the delay. Exact but for the nanosecond after which ns-3 starts to send and rounding.
TEST_P(TransferTime, WithinTheInitialWindowIsExact) {
  for (const BitsPerSecond rate : {100_kbps, 1_Mbps, 10_Mbps, 1_Gbps}) {
    for (const Duration delay : {0ms, 1ms, 40ms}) {
      for (const std::int64_t size : {1, 1448, 1449, 14480}) {
        NetworkWorld world(GetParam(), one_link(rate, delay), 2);
        world.run([&] { world.send(0, 1, Bytes(size), 1); });
        const Duration expected = on_wire(Bytes(size)) / rate + delay;
        EXPECT_NEAR(world.duration(1).value().count(), expected.count(), 20)
            << size << " bytes at " << rate.count() << " bit/s, delay " << delay.count() << " ns";
      }
    }
  }
}

// Slow start in rounds of one round trip: 10 segments, 20, 40, ... until a round fills it.
Duration with_slow_start(Bytes size, BitsPerSecond rate, Duration delay) {
  const Duration packet = kFullPacket / rate;
  const Duration round = packet + 2 * delay + Bytes(54) / rate;
  std::int64_t segments = (size.count() + 1447) / 1448;
  Duration time{0};
  for (std::int64_t window = 10; segments > window && packet * window < round; window *= 2) {
    segments -= window;
    time += round;
  }
  return time + packet * segments + delay;
}

// The closed form counts whole rounds of doubling windows. It holds where the message does not end
// within a few segments of the end of a round: there the delayed acknowledgement of an odd segment
// decides whether a round more is needed.
TEST_P(TransferTime, OfAColdConnectionFollowsSlowStart) {
  for (const BitsPerSecond rate : {2_Mbps, 10_Mbps, 50_Mbps}) {
    for (const Duration delay : {500us, 5000us, 20000us}) {
      for (const std::int64_t segments : {20, 50, 200, 500}) {
        const Bytes size(segments * 1448);
        NetworkWorld world(GetParam(), one_link(rate, delay), 2);
        world.run([&] { world.send(0, 1, size, 1); });
        const double expected = to_seconds(with_slow_start(size, rate, delay));
        EXPECT_NEAR(to_seconds(world.duration(1).value()) / expected, 1.0, 0.03)
            << segments << " segments at " << rate.count() << " bit/s, delay " << delay.count();
      }
    }
  }
}

// Once the window is open only size, rate and delay count.
TEST_P(TransferTime, OfAWarmConnectionIsSizeOverRatePlusDelay) {
  for (const BitsPerSecond rate : {1_Mbps, 20_Mbps, 100_Mbps}) {
    for (const Duration delay : {500us, 10000us}) {
      NetworkWorld world(GetParam(), one_link(rate, delay), 2);
      const Bytes size(400'000);
      world.on_arrival = [&](std::uint64_t id) {
        if (id < 4) world.send(0, 1, size, id + 1);
      };
      world.run([&] { world.send(0, 1, size, 1); });
      const Duration expected = on_wire(size) / rate + delay;
      EXPECT_NEAR(to_seconds(world.duration(4).value()) / to_seconds(expected), 1.0, 0.001);
    }
  }
}

TEST_P(TransferTime, DelaysOfTheTwoDirectionsAreTheirOwn) {
  std::vector<LinkSpec> links;
  links.push_back({DeviceId{0}, DeviceId{1}, direction(10_Mbps, 3ms), direction(20_Mbps, 30ms)});
  NetworkWorld world(GetParam(), std::move(links), 2);
  world.run([&] {
    world.send(0, 1, Bytes(1000), 1);
    world.send(1, 0, Bytes(1000), 2);
  });
  EXPECT_NEAR(to_milliseconds(world.duration(1).value()), 3 + 1054 * 8 / 10e3, 0.001);
  EXPECT_NEAR(to_milliseconds(world.duration(2).value()), 30 + 1054 * 8 / 20e3, 0.001);
}

// A message that spans many changes of the rate takes as long as the integral of the rate says,
// but for the packets that began before a change: they keep their rate.
TEST_P(TransferTime, FollowsTheIntegralOfAChangingRate) {
  const std::vector<RateStep> steps{{0ms, 8_Mbps}, {100ms, 20_Mbps}, {250ms, 12_Mbps}};
  const auto make = [&] { return make_step_bandwidth(steps, 400ms); };
  std::vector<LinkSpec> links;
  links.push_back({DeviceId{0}, DeviceId{1}, {make(), 2ms, 0.0, 0}, {make(), 2ms, 0.0, 0}});
  NetworkWorld world(GetParam(), std::move(links), 2);
  const Bytes size(4'000'000);
  world.run([&] { world.send(0, 1, size, 1); });

  RateTimeline rate(make());  // its integral has tests of its own
  const TimePoint expected = rate.finish(world.sent.at(1), on_wire(size)) + 2ms;
  EXPECT_NEAR(to_seconds(world.arrivals.at(0).time - world.sent.at(1)) /
                  to_seconds(expected - world.sent.at(1)),
              1.0, 0.005);
}

TEST_P(TransferTime, ANewRateHoldsFromTheNextPacketOn) {
  const auto make = [] { return make_step_bandwidth({{0ms, 1_Mbps}, {3s, 10_Mbps}}); };
  std::vector<LinkSpec> links;
  links.push_back({DeviceId{0}, DeviceId{1}, {make(), 0ms, 0.0, 0}, {make(), 0ms, 0.0, 0}});
  NetworkWorld world(GetParam(), std::move(links), 2);
  world.run([&] {
    world.send(0, 1, Bytes(1448), 1);
    world.time.at(TimePoint{} + 3s, [&] { world.send(0, 1, Bytes(1448), 2); });
  });
  EXPECT_NEAR(to_seconds(world.duration(1).value()), to_seconds(kFullPacket / 1_Mbps), 1e-7);
  EXPECT_NEAR(to_seconds(world.duration(2).value()), to_seconds(kFullPacket / 10_Mbps), 1e-7);
}

INSTANTIATE_TEST_SUITE_P(Models, TransferTime, ::testing::Values(Model::kPacket, Model::kMessage),
                         ::testing::PrintToStringParamName());

// A slice of the grid of bench/sim/compare_networks.cc.
TEST(Networks, AgreeOnColdAndWarmMessages) {
  for (const BitsPerSecond rate : {500_kbps, 5_Mbps, 100_Mbps}) {
    for (const Duration delay : {500us, 2500us, 10000us}) {
      for (const std::int64_t size : {10'000, 100'000, 1'000'000}) {
        double cold[2];
        double warm[2];
        for (const Model model : {Model::kPacket, Model::kMessage}) {
          NetworkWorld world(model, one_link(rate, delay), 2);
          world.on_arrival = [&](std::uint64_t id) {
            if (id < 4) world.send(0, 1, Bytes(size), id + 1);
          };
          world.run([&] { world.send(0, 1, Bytes(size), 1); });
          cold[static_cast<int>(model)] = to_seconds(world.duration(1).value());
          warm[static_cast<int>(model)] = to_seconds(world.duration(4).value());
        }
        EXPECT_NEAR(cold[1] / cold[0], 1.0, 0.02) << size << " at " << rate.count();
        EXPECT_NEAR(warm[1] / warm[0], 1.0, 0.005) << size << " at " << rate.count();
      }
    }
  }
}

TEST(MessageNetwork, SendsUsersToThePacketModelForLossAndQueues) {
  const auto refusal = [](DirectionSpec spec) -> std::string {
    std::vector<LinkSpec> links;
    links.push_back({DeviceId{0}, DeviceId{1}, std::move(spec), direction(1_Mbps, 1ms)});
    try {
      NetworkWorld world(Model::kMessage, std::move(links), 2);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal(direction(1_Mbps, 1ms, 0.01)), ::testing::HasSubstr("model = \"packet\""));
  EXPECT_THAT(refusal({make_constant_bandwidth(1_Mbps), 1ms, 0.0, 100}),
              ::testing::HasSubstr("model = \"packet\""));
}

}  // namespace
}  // namespace acceptlab::sim
