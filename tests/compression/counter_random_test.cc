#include "compression/counter_random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace acceptlab::compression {
namespace {

constexpr int kCount = 100000;

// Correlation of two sequences that are uniform in [0, 1) if all is well.
double correlation(const CounterRandom& a, const CounterRandom& b, std::uint64_t shift) {
  double sum = 0.0;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    sum += (a.uniform(i) - 0.5) * (b.uniform(i + shift) - 0.5);
  }
  return sum / kCount * 12.0;
}

TEST(CounterRandomTest, ValuesSpreadEvenly) {
  const CounterRandom random(1, {2, 3});
  std::vector<int> bins(100);
  for (std::uint64_t i = 0; i < kCount; ++i) {
    const double u = random.uniform(i);
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    ++bins[static_cast<std::size_t>(u * 100)];
  }
  double chi_square = 0.0;
  for (const int count : bins) chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  EXPECT_LT(chi_square, 148.2);  // 99 degrees of freedom: exceeded with probability 0.001
  EXPECT_GT(chi_square, 59.0);   // too even is not random either
}

TEST(CounterRandomTest, NeighboursInAnyCoordinateAreUncorrelated) {
  const CounterRandom base(1, {2, 3});
  const double limit = 4.0 / std::sqrt(kCount);
  EXPECT_LT(std::fabs(correlation(base, base, 1)), limit);
  for (const CounterRandom& other :
       {CounterRandom(2, {2, 3}), CounterRandom(1, {3, 3}), CounterRandom(1, {2, 4})}) {
    EXPECT_LT(std::fabs(correlation(base, other, 0)), limit);
    EXPECT_LT(std::fabs(correlation(base, other, 1)), limit);
  }
}

TEST(CounterRandomTest, StreamAndMessageAreNotInterchangeable) {
  EXPECT_NE(CounterRandom(1, {2, 3}).uniform(0), CounterRandom(1, {3, 2}).uniform(0));
}

}  // namespace
}  // namespace acceptlab::compression
