#include "compression/half.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/base/rng.h"

namespace acceptlab::compression {
namespace {

// The definition of binary16 in real numbers.
double half_value(int half) {
  const int exponent = half >> 10 & 0x1f;
  const int mantissa = half & 0x3ff;
  const double magnitude =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

// The nearest finite half of a value >= 0, ties to the even one, by search.
int nearest_half(double value) {
  static const std::vector<double> all = [] {
    std::vector<double> values;
    for (int half = 0; half <= 0x7bff; ++half) values.push_back(half_value(half));
    return values;
  }();
  const auto above = std::lower_bound(all.begin(), all.end(), value);
  if (above == all.end()) return 0x7bff;
  const int high = static_cast<int>(above - all.begin());
  if (high == 0) return 0;
  const double up = *above - value;
  const double down = value - *(above - 1);
  if (up == down) return high % 2 == 0 ? high : high - 1;
  return up < down ? high : high - 1;
}

TEST(HalfTest, EveryFiniteHalfIsDecodedByItsDefinitionAndEncodedBack) {
  for (int half = 0; half <= 0xffff; ++half) {
    const auto bits = static_cast<std::uint16_t>(half);
    if (!is_finite_half(bits)) continue;
    const float value = from_half(bits);
    ASSERT_EQ(static_cast<double>(value), half_value(half)) << half;
    ASSERT_EQ(std::signbit(value), (half & 0x8000) != 0) << half;
    ASSERT_EQ(to_half(value), bits) << half;
  }
}

TEST(HalfTest, InfinityAndNanAreDecodedAsSuch) {
  EXPECT_EQ(from_half(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(from_half(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(from_half(0x7e00)));
  EXPECT_FALSE(is_finite_half(0x7c00));
  EXPECT_FALSE(is_finite_half(0xffff));
  EXPECT_TRUE(is_finite_half(0xfbff));
}

TEST(HalfTest, RoundsToTheNearestAndTiesToEven) {
  // Between each two neighbours: just below, at and just above the middle.
  for (int half = 0; half < 0x7bff; ++half) {
    const auto middle = static_cast<float>((half_value(half) + half_value(half + 1)) / 2);
    for (const float value : {std::nextafter(middle, 0.0F), middle, std::nextafter(middle, 1e9F)}) {
      ASSERT_EQ(to_half(value), nearest_half(value)) << value;
      ASSERT_EQ(to_half(-value), 0x8000 | nearest_half(value)) << value;
    }
  }
}

TEST(HalfTest, RandomValuesOfAllMagnitudesRoundToTheNearest) {
  Rng rng(1, "half");
  for (int i = 0; i < 200000; ++i) {
    const auto value =
        static_cast<float>(std::ldexp(rng.uniform(1.0, 2.0), static_cast<int>(rng.below(50)) - 30));
    ASSERT_EQ(to_half(value), nearest_half(value)) << value;
  }
}

TEST(HalfTest, OverflowIsClippedToTheLargestHalf) {
  EXPECT_EQ(from_half(to_half(65504.0F)), 65504.0F);
  for (const float value :
       {65519.99F, 65520.0F, 65536.0F, 1e6F, std::numeric_limits<float>::max()}) {
    EXPECT_EQ(from_half(to_half(value)), 65504.0F) << value;
    EXPECT_EQ(from_half(to_half(-value)), -65504.0F) << value;
  }
}

TEST(HalfTest, TinyValuesBecomeSubnormalsOrZero) {
  EXPECT_EQ(to_half(0x1.0p-24F), 1);
  EXPECT_EQ(to_half(0x1.000002p-25F), 1);
  EXPECT_EQ(to_half(0x1.0p-25F), 0);  // a tie, to even
  EXPECT_EQ(to_half(std::numeric_limits<float>::denorm_min()), 0);
  EXPECT_EQ(to_half(-0.0F), 0x8000);
}

}  // namespace
}  // namespace acceptlab::compression
