#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "compression/group_math.h"
#include "compression/scalar_steps.h"
#include "runtime/base/rng.h"

// The levels of uniform and suq: group_math.h and the step from a value to its code.
namespace acceptlab::compression {
namespace {

std::uint32_t most_noise(int bits) { return (1U << fraction_bits(bits)) - 1; }

// Ranges of all widths at all distances from zero, those at the limits among them.
std::vector<Extremes> ranges() {
  std::vector<Extremes> all{{-kMaxMagnitude, kMaxMagnitude},
                            {0.0F, kMaxMagnitude},
                            {-kMaxMagnitude, 0.0F},
                            {0.0F, kMinRange},
                            {-kMinRange, 0.0F},
                            {1.0F, std::nextafter(1.0F, 2.0F)},
                            {std::nextafter(kMaxMagnitude, 0.0F), kMaxMagnitude},
                            {0.0F, 6.0F}};
  Rng rng(1, "ranges");
  while (all.size() < 20000) {
    const double middle = std::ldexp(rng.uniform(-1, 1), static_cast<int>(rng.below(190)) - 95);
    const double width = std::ldexp(rng.uniform(0.5, 1), static_cast<int>(rng.below(190)) - 95);
    const auto low = static_cast<float>(middle);
    const auto high = static_cast<float>(middle + width);
    if (high > low && std::fabs(low) <= kMaxMagnitude && std::fabs(high) <= kMaxMagnitude) {
      all.push_back({low, high});
    }
  }
  return all;
}

TEST(UniformScaleTest, NoValueOfTheRangeLiesBeyondTheHighestPosition) {
  for (const auto [low, high] : ranges()) {
    for (int bits = 1; bits <= kMaxBits; ++bits) {
      const UniformScale scale = uniform_scale(low, high, bits);
      ASSERT_LE((high - low) * scale.inverse, static_cast<float>(highest_position(bits)))
          << low << " " << high << " " << bits;
    }
  }
}

// So that rounding is exact there, whatever the random number.
TEST(UniformScaleTest, BothEndsHaveTheirOwnCodeUnderAnyNoise) {
  for (const auto [low, high] : ranges()) {
    for (int bits = 1; bits <= kMaxBits; ++bits) {
      const UniformScale scale = uniform_scale(low, high, bits);
      const std::uint32_t most = most_noise(bits);
      for (const std::uint32_t noise : {0U, most / 2, most}) {
        ASSERT_EQ(uniform_code(low, scale, bits, noise), 0);
        if (high - low < kMinRange) continue;
        ASSERT_EQ(uniform_code(high, scale, bits, noise), (1 << bits) - 1)
            << low << " to " << high << ", " << bits << " bits, noise " << noise;
      }
    }
  }
}

TEST(UniformScaleTest, TheHighestLevelIsTheMaximumButForRounding) {
  for (const auto [low, high] : ranges()) {
    for (int bits = 1; bits <= kMaxBits; ++bits) {
      const UniformScale scale = uniform_scale(low, high, bits);
      if (scale.step == 0.0F) continue;
      const float top = scale.low + static_cast<float>((1 << bits) - 1) * scale.step;
      const float unit = std::fmax(std::fabs(low), std::fabs(high)) * 0x1.0p-23F;
      ASSERT_NEAR(top, high, 2 * unit) << low << " to " << high << ", " << bits;
    }
  }
}

TEST(UniformScaleTest, ValuesCloserThanTheSmallestRangeCountAsEqual) {
  for (const float width : {0.0F, std::numeric_limits<float>::denorm_min(), 0x1.0p-126F,
                            std::nextafter(kMinRange, 0.0F)}) {
    const UniformScale scale = uniform_scale(0.0F, width, 4);
    EXPECT_EQ(scale.step, 0.0F);
    EXPECT_EQ(uniform_code(width, scale, 4, most_noise(4)), 0) << width;
  }
  EXPECT_GT(uniform_scale(0.0F, kMinRange, 4).step, 0.0F);
  EXPECT_GT(uniform_scale(0.0F, kMinRange, 8).step, 0.0F);
}

TEST(UniformScaleTest, MinusZeroIsZero) {
  EXPECT_FALSE(std::signbit(uniform_scale(-0.0F, 1.0F, 4).low));
  EXPECT_FALSE(std::signbit(uniform_scale(-0.0F, -0.0F, 4).low));
}

TEST(UniformScaleTest, ValuesOutsideAKnownRangeTakeTheNearestEnd) {
  const UniformScale scale = uniform_scale(-1.0F, 2.0F, 2);
  for (const std::uint32_t noise : {0U, most_noise(2)}) {
    for (const float below : {-1.001F, -5.0F, -kMaxMagnitude}) {
      EXPECT_EQ(uniform_code(below, scale, 2, noise), 0) << below;
    }
    for (const float above : {2.001F, 5.0F, kMaxMagnitude}) {
      EXPECT_EQ(uniform_code(above, scale, 2, noise), 3) << above;
    }
  }
}

TEST(ClippedTest, NeverWidensAndCutsOnlyBeyondSomeRootMeanSquares) {
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    for (const bool stochastic : {false, true}) {
      const Extremes inside = clipped({-0.5F, 0.25F}, 100.0F, 100, bits, stochastic);
      EXPECT_EQ(inside.low, -0.5F);
      EXPECT_EQ(inside.high, 0.25F);
      const Extremes cut = clipped({-100.0F, 200.0F}, 100.0F, 100, bits, stochastic);
      EXPECT_EQ(cut.low, -cut.high);
      EXPECT_GE(cut.high, 1.0F);
      EXPECT_LE(cut.high, 11.0F);
    }
  }
}

TEST(ClippedTest, SquaresThatVanishLeaveTheExtremes) {
  const Extremes tiny = clipped({-1e-30F, 1e-25F}, 0.0F, 100, 2, true);
  EXPECT_EQ(tiny.low, -1e-30F);
  EXPECT_EQ(tiny.high, 1e-25F);
}

TEST(PlausibleTest, ScalesThatNoEncoderMakesAreNot) {
  const float half = std::numeric_limits<float>::max() / 2;
  EXPECT_TRUE(plausible(UniformScale{-3.0F, 0.0F, 0.0F}, 4));
  EXPECT_TRUE(plausible(UniformScale{-3.0F, -0.0F, 0.0F}, 4));
  EXPECT_TRUE(plausible(UniformScale{half, 0.0F, 0.0F}, 4));
  EXPECT_TRUE(plausible(UniformScale{0.0F, half / 256, 0.0F}, 8));
  EXPECT_FALSE(plausible(UniformScale{0.0F, half / 254, 0.0F}, 8));
  EXPECT_FALSE(plausible(UniformScale{half, half, 0.0F}, 1));
  EXPECT_FALSE(plausible(UniformScale{0.0F, -1e-30F, 0.0F}, 4));
  for (const float bad : {NAN, -NAN, INFINITY, -INFINITY}) {
    EXPECT_FALSE(plausible(UniformScale{bad, 1.0F, 0.0F}, 4));
    EXPECT_FALSE(plausible(UniformScale{0.0F, bad, 0.0F}, 4));
  }
}

TEST(PlausibleTest, WhatUniformScaleMakesIs) {
  for (const auto [low, high] : ranges()) {
    for (int bits = 1; bits <= kMaxBits; ++bits) {
      ASSERT_TRUE(plausible(uniform_scale(low, high, bits), bits)) << low << " " << high;
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
