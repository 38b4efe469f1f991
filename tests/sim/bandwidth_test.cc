#include <gmock/gmock.h>

#include <cmath>
#include <memory>

#include "runtime/base/result.h"
#include "sim/random_bandwidth.h"
#include "sim/rate_timeline.h"
#include "sim/step_bandwidth.h"

namespace acceptlab::sim {
namespace {
using namespace literals;

TEST(ConstantBandwidth, HoldsForEver) {
  const auto model = make_constant_bandwidth(3_Mbps);
  for (int i = 0; i < 3; ++i) {
    const RateSegment segment = model->next();
    EXPECT_EQ(segment.rate, 3_Mbps);
    EXPECT_EQ(segment.length, Duration::max());
  }
}

TEST(ConstantBandwidth, IsNeverSlowerThanTheSlowestRate) {
  EXPECT_EQ(make_constant_bandwidth(BitsPerSecond(0))->next().rate, kSlowestRate);
  EXPECT_EQ(make_constant_bandwidth(BitsPerSecond(0))->range().fastest, kSlowestRate);
}

TEST(StepBandwidth, HoldsTheLastRateWithoutAPeriod) {
  const auto model = make_step_bandwidth({{0s, 1_Mbps}, {2s, 5_Mbps}});
  EXPECT_EQ(model->next().length, 2s);
  const RateSegment last = model->next();
  EXPECT_EQ(last.rate, 5_Mbps);
  EXPECT_EQ(last.length, Duration::max());
}

TEST(StepBandwidth, StartsOverAfterThePeriod) {
  const auto model = make_step_bandwidth({{0s, 1_Mbps}, {2s, 5_Mbps}}, 3s);
  for (int i = 0; i < 2; ++i) {
    const RateSegment first = model->next();
    EXPECT_EQ(first.rate, 1_Mbps);
    EXPECT_EQ(first.length, 2s);
    const RateSegment second = model->next();
    EXPECT_EQ(second.rate, 5_Mbps);
    EXPECT_EQ(second.length, 1s);
  }
  EXPECT_EQ(model->range().slowest, 1_Mbps);
  EXPECT_EQ(model->range().fastest, 5_Mbps);
}

TEST(StepBandwidth, RefusesStepsOutOfOrder) {
  EXPECT_THROW(make_step_bandwidth({}), ConfigError);
  EXPECT_THROW(make_step_bandwidth({{1s, 1_Mbps}}), ConfigError);
  EXPECT_THROW(make_step_bandwidth({{0s, 1_Mbps}, {2s, 1_Mbps}, {2s, 3_Mbps}}), ConfigError);
  EXPECT_THROW(make_step_bandwidth({{0s, 1_Mbps}, {2s, 1_Mbps}}, 2s), ConfigError);
}

const MarkovBandwidthOptions kMarkov{20_Mbps, 1_Mbps, 3s, 1s};

TEST(MarkovBandwidth, SpendsTheExpectedShareInTheGoodState) {
  const auto model = make_markov_bandwidth(kMarkov, 5, "0-1");
  double good = 0.0;
  double all = 0.0;
  const int cycles = 20'000;
  for (int i = 0; i < 2 * cycles; ++i) {
    const RateSegment segment = model->next();
    EXPECT_EQ(segment.rate, i % 2 == 0 ? 20_Mbps : 1_Mbps);
    all += to_seconds(segment.length);
    if (segment.rate == 20_Mbps) good += to_seconds(segment.length);
  }
  EXPECT_NEAR(good / all, 3.0 / (3.0 + 1.0), 0.01);
  // The mean of n exponential times has relative deviation 1 / sqrt(n): five of them.
  EXPECT_NEAR(good / cycles, 3.0, 5 * 3.0 / std::sqrt(cycles));
}

TEST(MarkovBandwidth, RepeatsForTheSameSeedAndStreamOnly) {
  const auto first_length = [](std::uint64_t seed, const char* stream) {
    return make_markov_bandwidth(kMarkov, seed, stream)->next().length;
  };
  EXPECT_EQ(first_length(1, "0-1"), first_length(1, "0-1"));
  EXPECT_NE(first_length(1, "0-1"), first_length(2, "0-1"));
  EXPECT_NE(first_length(1, "0-1"), first_length(1, "1-0"));
}

TEST(MarkovBandwidth, RefusesDwellTimesThatAreNotPositive) {
  EXPECT_THROW(make_markov_bandwidth({20_Mbps, 1_Mbps, 0s, 1s}, 1, "x"), ConfigError);
  EXPECT_THROW(make_markov_bandwidth({20_Mbps, 1_Mbps, 1s, -1s}, 1, "x"), ConfigError);
}

const RandomWalkBandwidthOptions kWalk{10_Mbps, 2_Mbps, 40_Mbps, 500ms, 0.3};

TEST(RandomWalkBandwidth, StaysWithinItsBoundsAndReachesBothParts) {
  const auto model = make_random_walk_bandwidth(kWalk, 3, "0-1");
  EXPECT_EQ(model->range().fastest, 40_Mbps);
  BitsPerSecond low = 40_Mbps;
  BitsPerSecond high = 2_Mbps;
  BitsPerSecond previous = 10_Mbps;
  for (int i = 0; i < 20'000; ++i) {
    const RateSegment segment = model->next();
    if (i == 0) {
      EXPECT_EQ(segment.rate, 10_Mbps);
    }
    EXPECT_EQ(segment.length, 500ms);
    ASSERT_TRUE(2_Mbps <= segment.rate && segment.rate <= 40_Mbps);
    const double step = std::log(static_cast<double>(segment.rate.count()) / previous.count());
    ASSERT_LE(std::abs(step), 0.3 + 1e-6);
    low = std::min(low, segment.rate);
    high = std::max(high, segment.rate);
    previous = segment.rate;
  }
  EXPECT_TRUE(low < 3_Mbps) << low.count();
  EXPECT_TRUE(high > 30_Mbps) << high.count();
}

TEST(RandomWalkBandwidth, RefusesOptionsOutOfRange) {
  const auto refused = [](auto change) {
    RandomWalkBandwidthOptions options = kWalk;
    change(options);
    EXPECT_THROW(make_random_walk_bandwidth(options, 1, "x"), ConfigError);
  };
  refused([](auto& o) { o.interval = 0s; });
  refused([](auto& o) { o.relative_step = 0.0; });
  refused([](auto& o) { o.relative_step = std::nan(""); });
  refused([](auto& o) { o.start = 1_Mbps; });
  refused([](auto& o) { o.start = 50_Mbps; });
}

TEST(RateTimeline, FinishesAtTheIntegralOfTheRate) {
  RateTimeline timeline(make_step_bandwidth({{0s, 8_Mbps}, {1s, 16_Mbps}}, 2s));
  // 1 MB in the first second, 2 MB in the second: 7 MB after two periods and a second.
  EXPECT_EQ(timeline.finish(TimePoint{}, Bytes(7'000'000)), TimePoint{} + 5s);
  EXPECT_EQ(timeline.finish(TimePoint{} + 5s, Bytes(1'000'000)), TimePoint{} + 5500ms);
}

TEST(RateTimeline, TellsTheRateAtATimeAndNeverGoesBack) {
  RateTimeline timeline(make_step_bandwidth({{0s, 8_Mbps}, {1s, 16_Mbps}}));
  EXPECT_EQ(timeline.rate_at(TimePoint{} + 999ms), 8_Mbps);
  EXPECT_EQ(timeline.rate_at(TimePoint{} + 1s), 16_Mbps);
  EXPECT_EQ(timeline.rate_at(TimePoint{}), 16_Mbps);
}

TEST(RateTimeline, HoldsBeyondWhat64BitsOfBitNanosecondsCan) {
  RateTimeline timeline(make_constant_bandwidth(10_Gbps));
  EXPECT_EQ(timeline.finish(TimePoint{}, Bytes(100'000'000'000)), TimePoint{} + 80s);
}

}  // namespace
}  // namespace acceptlab::sim
