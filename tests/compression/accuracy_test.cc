#include <gtest/gtest.h>

#include <map>

#include "tests/compression/codec_fixtures.h"

// How much of a tensor survives, at 1,024 values a group; act and grad of codec_fixtures.h. The
// figures were measured with an independent program on the same two distributions.
namespace acceptlab::compression {
namespace {

constexpr std::size_t kValues = std::size_t{1} << 21;
constexpr int kGroup = 1024;

const std::vector<float>& act() {
  static const std::vector<float> values = activations(kValues);
  return values;
}
const std::vector<float>& grad() {
  static const std::vector<float> values = gradients(kValues);
  return values;
}

double snr_of(const std::string& name, const std::vector<float>& values) {
  return snr_db(values, round_trip(spec_of(name, kGroup), values));
}

TEST(AccuracyTest, SuqLosesAsMuchAsMeasuredElsewhere) {
  EXPECT_NEAR(snr_of("suq4", act()), 21.85, 0.05);
  EXPECT_NEAR(snr_of("suq4", grad()), 11.53, 0.05);
  EXPECT_NEAR(snr_of("suq2", act()), 7.9, 0.1);
  EXPECT_NEAR(snr_of("suq2", grad()), -2.9, 0.1);
  EXPECT_NEAR(snr_of("suq8", act()), 46.5, 0.1);
  EXPECT_NEAR(snr_of("suq8", grad()), 36.1, 0.1);
}

TEST(AccuracyTest, UniformAndFp16LoseAsMuchAsMeasuredElsewhere) {
  EXPECT_NEAR(snr_of("uniform2", act()), 10.9, 0.1);
  EXPECT_NEAR(snr_of("uniform2", grad()), -0.2, 0.1);
  EXPECT_NEAR(snr_of("uniform4", act()), 24.9, 0.1);
  EXPECT_NEAR(snr_of("uniform4", grad()), 14.6, 0.1);
  EXPECT_NEAR(snr_of("uniform8", act()), 49.5, 0.1);
  EXPECT_NEAR(snr_of("uniform8", grad()), 39.1, 0.1);
  EXPECT_NEAR(snr_of("fp16", act()), 73.7, 0.3);
}

TEST(AccuracyTest, GreedyPlanesLoseAsMuchAsMeasuredElsewhere) {
  EXPECT_NEAR(snr_of("mbq2-greedy-no-offset", act()), 5.97, 0.05);
  EXPECT_NEAR(snr_of("mbq2-greedy-no-offset", grad()), 6.40, 0.05);
  EXPECT_NEAR(snr_of("mbq4-greedy-no-offset", act()), 10.50, 0.05);
  EXPECT_NEAR(snr_of("mbq4-greedy-no-offset", grad()), 10.23, 0.05);
}

// The goals have one decimal: 16.2 dB is reached within its rounding.
TEST(AccuracyTest, RefinedPlanesReachTheirGoals) {
  EXPECT_GE(snr_of("mbq2-no-offset", act()), 7.6);
  EXPECT_GE(snr_of("mbq2-no-offset", grad()), 7.5);
  EXPECT_GE(snr_of("mbq4-no-offset", act()), 18.0);
  EXPECT_GE(snr_of("mbq4-no-offset", grad()), 16.15);
  EXPECT_GE(snr_of("mbq8-no-offset", act()), 42.0);
  EXPECT_GE(snr_of("mbq8-no-offset", grad()), 38.0);
}

TEST(AccuracyTest, AnOffsetHelpsWhereNoValueIsNegative) {
  EXPECT_GE(snr_of("mbq2", act()), 11.2);
  EXPECT_GE(snr_of("mbq4", act()), 20.9);
  EXPECT_GE(snr_of("mbq8", act()), 44.0);
}

// A sample: cycles are slow.
TEST(AccuracyTest, AlternatingIsNoWorseThanRefined) {
  const std::vector<float> some_act = activations(1 << 15);
  const std::vector<float> some_grad = gradients(1 << 15);
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    for (const char* offset : {"", "-no-offset"}) {
      const std::string name = "mbq" + std::to_string(bits);
      for (const auto* values : {&some_act, &some_grad}) {
        EXPECT_GE(snr_of(name + "-alternating3" + offset, *values) + 1e-3,
                  snr_of(name + offset, *values))
            << name << offset;
      }
    }
  }
}

TEST(AccuracyTest, ClippingHelpsGradientsAtFewBits) {
  for (const char* scheme : {"suq", "uniform"}) {
    for (int bits = 1; bits <= 4; ++bits) {
      const std::string name = scheme + std::to_string(bits);
      EXPECT_GT(snr_of(name + "-clip", grad()), snr_of(name, grad()) + 1.0) << name;
    }
  }
}

TEST(AccuracyTest, MoreBitsAreMoreAccurate) {
  const std::vector<float> some = gradients(1 << 16);
  for (const char* scheme : {"uniform#", "uniform#-clip", "suq#", "suq#-clip", "mbq#-greedy",
                             "mbq#", "mbq#-no-offset"}) {
    double before = -100.0;
    for (int bits = 1; bits <= kMaxBits; ++bits) {
      std::string name = scheme;
      name.replace(name.find('#'), 1, std::to_string(bits));
      const double now = snr_of(name, some);
      EXPECT_GT(now, before) << name;
      before = now;
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
