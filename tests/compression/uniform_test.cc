#include "compression/uniform.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/compression/codec_fixtures.h"

namespace acceptlab::compression {
namespace {

TEST(UniformTest, LevelsAreEvenBetweenMinimumAndMaximumAndTheNearestIsTaken) {
  const std::vector<float> values{-1.0F, 2.0F, -0.6F, -0.4F, 0.4F, 0.6F, 1.4F, 1.6F};
  EXPECT_EQ(round_trip(spec_of("uniform2"), values),
            (std::vector<float>{-1.0F, 2.0F, -1.0F, 0.0F, 0.0F, 1.0F, 1.0F, 2.0F}));
}

TEST(UniformTest, EachGroupHasItsOwnRange) {
  const std::vector<float> values{0.0F, 1.0F, 100.0F, 300.0F, 7.0F};
  EXPECT_EQ(round_trip(spec_of("uniform1", 2), values), values);
}

TEST(UniformTest, TheErrorIsAtMostHalfAStep) {
  const std::vector<float> values = normal_values(1024);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  for (int bits = 1; bits <= 8; ++bits) {
    const double half_step = (*high - *low) / ((1 << bits) - 1) / 2.0;
    const auto decoded = round_trip(spec_of("uniform" + std::to_string(bits)), values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_LE(std::fabs(decoded[i] - values[i]), half_step * 1.000001) << bits;
    }
  }
}

TEST(SuqTest, TheResultIsOneOfTheTwoNeighbouringLevels) {
  const std::vector<float> values = normal_values(1024);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double step = (*high - *low) / 15.0;
  const auto decoded = round_trip(spec_of("suq4"), values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_LT(std::fabs(decoded[i] - values[i]), step * 1.000001);
  }
}

// z-score of the mean error of decode(encode(x)) over many tensors, against the deviation that
// stochastic rounding has in theory: step^2 f (1 - f), f the fraction of a step above a level.
TEST(SuqTest, TheDecodedTensorIsUnbiased) {
  const std::vector<float> values = normal_values(1024, 7);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  constexpr int kTensors = 1200;  // 1.2e6 values for each number of bits
  for (const int bits : {1, 2, 4, 8}) {
    const double step = (static_cast<double>(*high) - *low) / ((1 << bits) - 1);
    double error = 0.0;
    double variance = 0.0;
    const auto codec = make_codec(spec_of("suq" + std::to_string(bits)), 1);
    std::vector<float> decoded(values.size());
    for (std::uint64_t message = 0; message < kTensors; ++message) {
      const auto bytes = codec->encode(Span<const float>(values), {5, message});
      ASSERT_TRUE(codec->decode(Span<const std::uint8_t>(bytes.value()), decoded).ok());
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double t = (values[i] - static_cast<double>(*low)) / step;
        const double f = t - std::floor(t);
        error += static_cast<double>(decoded[i]) - values[i];
        variance += step * step * f * (1 - f);
      }
    }
    EXPECT_LT(std::fabs(error / std::sqrt(variance)), 4.0) << bits << " bits";
  }
}

// A bias could hide in the sum over values; here every fraction of a step is looked at alone.
TEST(SuqTest, EachValueIsUnbiased) {
  std::vector<float> values(64);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 63.0F;
  constexpr int kTensors = 20000;  // 1.28e6 values
  std::vector<double> sums(values.size());
  const auto codec = make_codec(spec_of("suq2"), 3);
  std::vector<float> decoded(values.size());
  for (std::uint64_t message = 0; message < kTensors; ++message) {
    const auto bytes = codec->encode(Span<const float>(values), {0, message});
    ASSERT_TRUE(codec->decode(Span<const std::uint8_t>(bytes.value()), decoded).ok());
    for (std::size_t i = 0; i < values.size(); ++i) sums[i] += decoded[i];
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double f = values[i] * 3.0 - std::floor(values[i] * 3.0);
    const double deviation = std::sqrt(f * (1 - f) / kTensors) / 3.0;
    EXPECT_LE(std::fabs(sums[i] / kTensors - values[i]), 4.5 * deviation + 1e-6) << i;
  }
}

TEST(SuqTest, MinimumAndMaximumOfAGroupAreExact) {
  const std::vector<float> values = normal_values(1 << 16, 11);
  for (int bits = 1; bits <= 8; ++bits) {
    const auto decoded = round_trip(spec_of("suq" + std::to_string(bits), 64), values);
    for (std::size_t first = 0; first < values.size(); first += 64) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
      const auto [low, high] = std::minmax_element(begin, begin + 64);
      EXPECT_EQ(decoded[static_cast<std::size_t>(low - values.begin())], *low);
      EXPECT_EQ(decoded[static_cast<std::size_t>(high - values.begin())], *high);
    }
  }
}

TEST(SuqTest, EqualGroupsAreRoundedIndependently) {
  const std::vector<float> group = normal_values(256);
  std::vector<float> values = group;
  values.insert(values.end(), group.begin(), group.end());
  const std::vector<float> decoded = round_trip(spec_of("suq4", 256), values);
  int different = 0;
  for (std::size_t i = 0; i < 256; ++i) different += decoded[i] != decoded[i + 256] ? 1 : 0;
  EXPECT_GT(different, 50);
}

TEST(SuqTest, TheBytesDependOnSeedAndTensorAndNothingElse) {
  const CodecSpec spec = spec_of("suq3");
  const std::vector<float> values = normal_values(3000);
  const auto first = encode(spec, values, {1, 2}, 9);
  EXPECT_EQ(encode(spec, values, {1, 2}, 9), first);
  EXPECT_NE(encode(spec, values, {1, 2}, 10), first);
  EXPECT_NE(encode(spec, values, {2, 2}, 9), first);
  EXPECT_NE(encode(spec, values, {1, 3}, 9), first);
  const auto codec = make_codec(spec, 9);
  ASSERT_TRUE(codec->encode(Span<const float>(values), {7, 7}).ok());
  EXPECT_EQ(codec->encode(Span<const float>(values), {1, 2}).value(), first);
}

}  // namespace
}  // namespace acceptlab::compression
