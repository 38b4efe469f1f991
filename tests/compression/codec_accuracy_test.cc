#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/compression/codec_fixtures.h"

// How much of a tensor survives, at 1,024 values a group. The figures were measured with an
// independent program on the same two distributions.
namespace acceptlab::compression {
namespace {

constexpr std::size_t kValues = std::size_t{1} << 18;

// What a layer with ReLU6 sends forward: normal values of deviation 2, clipped to [0, 6].
std::vector<float> activations() {
  std::vector<float> values = normal_values(kValues);
  for (float& v : values) v = std::clamp(2.0F * v, 0.0F, 6.0F);
  return values;
}

// What comes back: a Laplace distribution of scale 0.001.
std::vector<float> gradients() {
  Rng rng(1, "gradients");
  std::vector<float> values(kValues);
  for (float& v : values) {
    const double magnitude = rng.exponential(1e-3);
    v = static_cast<float>(rng.below(2) == 0 ? magnitude : -magnitude);
  }
  return values;
}

struct Figure {
  const char* codec;
  double activation_db;
  double gradient_db;
};

class CodecAccuracyTest : public ::testing::TestWithParam<Figure> {};

TEST_P(CodecAccuracyTest, SignalToNoiseIsAsMeasuredElsewhere) {
  const CodecSpec spec = spec_of(GetParam().codec);
  const std::vector<float> activation = activations();
  const std::vector<float> gradient = gradients();
  EXPECT_NEAR(snr_db(activation, round_trip(spec, activation)), GetParam().activation_db, 0.3);
  EXPECT_NEAR(snr_db(gradient, round_trip(spec, gradient)), GetParam().gradient_db, 0.3);
}

INSTANTIATE_TEST_SUITE_P(
    Figures, CodecAccuracyTest,
    ::testing::Values(Figure{"uniform2", 10.9, -0.2}, Figure{"uniform4", 24.9, 14.6},
                      Figure{"uniform8", 49.5, 39.1}, Figure{"suq2", 7.9, -2.9},
                      Figure{"suq4", 21.9, 11.5}, Figure{"suq8", 46.5, 36.1},
                      Figure{"mbq2-no-offset", 6.0, 6.4}, Figure{"mbq4-no-offset", 10.5, 10.2},
                      Figure{"mbq8-no-offset", 14.4, 13.1}, Figure{"fp16", 73.7, 73.7}),
    [](const auto& figure) {
      std::string name = figure.param.codec;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

// No value is negative here, so without offset the first plane's sign is + everywhere and its scale
// the mean: it does what the offset does, at the price of a bit of every value.
TEST(CodecAccuracyTest, AnOffsetIsWorthABitWhereNoValueIsNegative) {
  const std::vector<float> activation = activations();
  for (int bits = 1; bits < 8; ++bits) {
    const std::string with = "mbq" + std::to_string(bits);
    const std::string without = "mbq" + std::to_string(bits + 1) + "-no-offset";
    EXPECT_NEAR(snr_db(activation, round_trip(spec_of(with), activation)),
                snr_db(activation, round_trip(spec_of(without), activation)), 1e-3);
  }
}

TEST(CodecAccuracyTest, MoreBitsAreMoreAccurate) {
  const std::vector<float> gradient = gradients();
  for (const std::string scheme : {"uniform", "suq", "mbq"}) {
    double before = -100.0;
    for (int bits = 1; bits <= 8; ++bits) {
      const CodecSpec spec = spec_of(scheme + std::to_string(bits));
      const double now = snr_db(gradient, round_trip(spec, gradient));
      EXPECT_GT(now, before) << spec.name();
      before = now;
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
