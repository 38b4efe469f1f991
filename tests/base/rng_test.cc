#include "runtime/base/rng.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace acceptlab {
namespace {

constexpr int kDraws = 200'000;

std::vector<std::uint64_t> first_draws(Rng rng, int count) {
  std::vector<std::uint64_t> draws;
  for (int i = 0; i < count; ++i) draws.push_back(rng.next());
  return draws;
}

struct Moments {
  double mean = 0.0;
  double variance = 0.0;
  double third = 0.0;   // standardised: skewness
  double fourth = 0.0;  // standardised: kurtosis
};

Moments moments_of(const std::function<double()>& draw) {
  std::vector<double> values(kDraws);
  Moments m;
  for (double& value : values) m.mean += (value = draw()) / kDraws;
  for (const double value : values) m.variance += std::pow(value - m.mean, 2) / kDraws;
  const double deviation = std::sqrt(m.variance);
  for (const double value : values) {
    m.third += std::pow((value - m.mean) / deviation, 3) / kDraws;
    m.fourth += std::pow((value - m.mean) / deviation, 4) / kDraws;
  }
  return m;
}

TEST(Rng, SameSeedAndStreamGiveTheSameNumbers) {
  EXPECT_EQ(first_draws(Rng(7, "link"), 100), first_draws(Rng(7, "link"), 100));
}

TEST(Rng, SeedAndStreamBothChangeTheNumbers) {
  const auto draws = first_draws(Rng(7, "link"), 100);
  for (const auto& other : {first_draws(Rng(8, "link"), 100), first_draws(Rng(7, "loss"), 100),
                            first_draws(Rng(7, "link "), 100), first_draws(Rng(7, ""), 100)}) {
    for (std::size_t i = 0; i < draws.size(); ++i) EXPECT_NE(draws[i], other[i]);
  }
}

// From a second implementation, in Python. Results of earlier versions stay comparable only while
// these numbers stay.
TEST(Rng, NumbersStayTheSameFromVersionToVersion) {
  const std::vector<std::uint64_t> recorded = {7152266084804128871ULL, 6281066196236100229ULL,
                                               1531441466854715075ULL};
  EXPECT_EQ(first_draws(Rng(1, "golden"), 3), recorded);
}

// The first numbers of SplitMix64 seeded with 0, as its authors' reference code prints them.
TEST(Rng, MixIsSplitMix64) {
  EXPECT_EQ(mix64(0), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(mix64(0x9e3779b97f4a7c15ULL), 0x6e789e6aa1b965f4ULL);
  EXPECT_EQ(mix64(2 * 0x9e3779b97f4a7c15ULL), 0x06c45d188009454fULL);
}

TEST(Rng, StreamsOfManyNamesDoNotMeet) {
  std::set<std::uint64_t> seen;
  for (int stream = 0; stream < 1000; ++stream) {
    for (const auto draw : first_draws(Rng(1, "component " + std::to_string(stream)), 10)) {
      EXPECT_TRUE(seen.insert(draw).second);
    }
  }
}

TEST(Rng, EveryBitIsSetHalfTheTime) {
  Rng rng(3, "bits");
  std::array<int, 64> set{};
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t draw = rng.next();
    for (std::size_t bit = 0; bit < 64; ++bit) set[bit] += (draw >> bit) & 1 ? 1 : 0;
  }
  // Standard deviation of the share: 0.0011.
  for (const int count : set) EXPECT_NEAR(count, 0.5 * kDraws, 0.006 * kDraws);
}

TEST(Rng, UniformHasTheMomentsOfItsInterval) {
  Rng rng(4, "uniform");
  const Moments m = moments_of([&] {
    const double value = rng.uniform(-2.0, 6.0);
    EXPECT_TRUE(value >= -2.0 && value < 6.0);
    return value;
  });
  EXPECT_NEAR(m.mean, 2.0, 0.03);
  EXPECT_NEAR(m.variance, 64.0 / 12.0, 0.05);
  EXPECT_NEAR(m.third, 0.0, 0.03);
  EXPECT_NEAR(m.fourth, 1.8, 0.03);
}

TEST(Rng, NormalHasTheMomentsOfTheNormalDistribution) {
  Rng rng(5, "normal");
  const Moments m = moments_of([&] { return rng.normal(); });
  EXPECT_NEAR(m.mean, 0.0, 0.012);
  EXPECT_NEAR(m.variance, 1.0, 0.02);
  EXPECT_NEAR(m.third, 0.0, 0.03);
  EXPECT_NEAR(m.fourth, 3.0, 0.07);
}

TEST(Rng, ExponentialHasTheMomentsOfItsMean) {
  Rng rng(6, "exponential");
  const Moments m = moments_of([&] {
    const double value = rng.exponential(3.0);
    EXPECT_GE(value, 0.0);
    return value;
  });
  EXPECT_NEAR(m.mean, 3.0, 0.04);
  EXPECT_NEAR(m.variance, 9.0, 0.3);
  EXPECT_NEAR(m.third, 2.0, 0.15);
}

TEST(Rng, BelowGivesEachValueItsShare) {
  Rng rng(8, "below");
  std::array<int, 7> hits{};
  for (int i = 0; i < kDraws; ++i) ++hits[rng.below(7)];
  // Standard deviation of a count: 156.
  for (const int count : hits) EXPECT_NEAR(count, kDraws / 7.0, 900);
}

TEST(Rng, BelowOneIsZeroAndLargeBoundsHold) {
  Rng rng(9, "below");
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(rng.below(1), 0u);
    EXPECT_LT(rng.below(0xfffffffffffffff1ULL), 0xfffffffffffffff1ULL);
  }
}

}  // namespace
}  // namespace acceptlab
