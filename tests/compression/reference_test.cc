#include "compression/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compression/layout.h"
#include "compression/message.h"
#include "tests/compression/codec_fixtures.h"

// The plain versions by hand, on groups small enough for it. Kernels against them: kernels_test.cc.
namespace acceptlab::compression {
namespace {

using Floats = std::vector<float>;
using Codes = std::vector<std::uint8_t>;

struct Coded {
  Floats scales;
  Codes codes;
};

// One group of fewer than 512 values.
Coded encode_group(const CodecSpec& spec, const Floats& values) {
  EncodeJob job;
  job.spec = spec;
  job.spec.group = 512;
  job.values = Span<const float>(values);
  std::vector<std::uint8_t> scales(scale_bytes(job.spec, values.size()));
  std::vector<std::uint8_t> packed(code_bytes(job.spec, values.size()));
  job.scales = Span<std::uint8_t>(scales);
  job.codes = Span<std::uint8_t>(packed);
  EXPECT_TRUE(spec.scheme == Scheme::kMbq ? reference::encode_planes(job)
                                          : reference::encode_uniform(job));
  Coded coded{Floats(scales.size() / 4), Codes(values.size())};
  std::memcpy(coded.scales.data(), scales.data(), scales.size());
  unpack_rest(spec.bits, Span<const std::uint8_t>(packed), Span<std::uint8_t>(coded.codes));
  return coded;
}

Coded encode_group(const char* name, const Floats& values) {
  return encode_group(spec_of(name), values);
}

TEST(UniformReferenceTest, TakesTheNearestOfEvenLevelsFromMinimumToMaximum) {
  const Coded coded = encode_group("uniform2", {-1.0F, 2.0F, -0.6F, -0.4F, 0.4F, 0.6F, 1.4F, 1.6F});
  EXPECT_EQ(coded.scales, (Floats{-1.0F, 1.0F}));
  EXPECT_EQ(coded.codes, (Codes{0, 3, 0, 1, 1, 2, 2, 3}));
}

TEST(UniformReferenceTest, AKnownRangeClipsWhatLiesBeyond) {
  const Coded coded = encode_group("uniform2-relu6", {-3.0F, 0.0F, 2.1F, 3.9F, 6.0F, 100.0F});
  EXPECT_EQ(coded.codes, (Codes{0, 0, 1, 2, 3, 3}));
}

// Root mean square 10, clipped at 1.6 of them: levels -16 and so on in steps of 32 / 3.
TEST(UniformReferenceTest, AClippedRangeIsTheSameOnBothSides) {
  Floats values(400, 0.0F);
  for (std::size_t i = 0; i < 4; ++i) values[i] = i % 2 == 0 ? 100.0F : -100.0F;
  const Coded coded = encode_group("uniform2-clip", values);
  EXPECT_FLOAT_EQ(coded.scales[0], -16.0F);
  EXPECT_FLOAT_EQ(coded.scales[1], 32.0F / 3);
  EXPECT_EQ(coded.codes[0], 3);
  EXPECT_EQ(coded.codes[1], 0);
}

TEST(SuqReferenceTest, GivesOneOfTheTwoLevelsAround) {
  Floats values = normal_values(500);
  values.insert(values.end(), {-5.0F, 5.0F});
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    const Coded coded = encode_group(spec_of("suq" + std::to_string(bits)), values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double position = (values[i] - double{coded.scales[0]}) / double{coded.scales[1]};
      EXPECT_LT(std::fabs(coded.codes[i] - position), 1.001) << bits;
    }
  }
}

// By hand: the mean is 4; residuals -3, -2, 1, 4 have mean magnitude 2.5; what is left, 0.5, -0.5,
// -1.5, 1.5 towards zero, has mean magnitude 1 and turns the sign where negative.
TEST(GreedyReferenceTest, EachPlaneTakesTheMeanMagnitudeOfWhatIsLeft) {
  const Coded coded = encode_group("mbq2-greedy", {1.0F, 2.0F, 5.0F, 8.0F});
  EXPECT_EQ(coded.scales, (Floats{4.0F, 2.5F, 1.0F}));
  EXPECT_EQ(coded.codes, (Codes{0b00, 0b10, 0b01, 0b11}));
}

// Magnitudes 1, 2, 5, 8 have mean 4; what is left, -3, -2, 1, 4 towards zero, has mean 2.5.
TEST(GreedyReferenceTest, WithoutOffsetTheFirstPlaneIsTheSignOfTheValue) {
  const Coded coded = encode_group("mbq2-greedy-no-offset", {1.0F, -2.0F, 5.0F, -8.0F});
  EXPECT_EQ(coded.scales, (Floats{4.0F, 2.5F}));
  EXPECT_EQ(coded.codes, (Codes{0b01, 0b10, 0b11, 0b00}));
}

TEST(GreedyReferenceTest, ZeroCountsAsPositiveAndNothingLeftKeepsTheSign) {
  EXPECT_EQ(encode_group("mbq1-greedy-no-offset", {0.0F, -2.0F}).codes, (Codes{1, 0}));
  EXPECT_EQ(encode_group("mbq2-greedy-no-offset", {1.0F, -1.0F}).codes, (Codes{0b11, 0b00}));
}

// Mean magnitude and root mean square are 2, so one bit clips at 1 (2 + 2), but never beyond the
// largest, 2: both planes start there and least squares finds 2.
TEST(RefinedReferenceTest, OneBitOfOneMagnitudeIsExact) {
  const Coded coded = encode_group("mbq1-no-offset", {2.0F, -2.0F, -2.0F, 2.0F});
  EXPECT_EQ(coded.scales, (Floats{2.0F}));
  EXPECT_EQ(coded.codes, (Codes{1, 0, 0, 1}));
}

// Four levels that lie evenly are met exactly: they are those of the uniform start.
TEST(RefinedReferenceTest, EvenLevelsAreExact) {
  const Floats values{-3.0F, -1.0F, 1.0F, 3.0F, 3.0F, -3.0F};
  EXPECT_EQ(round_trip(spec_of("mbq2-no-offset"), values), values);
  EXPECT_EQ(encode_group("mbq2-no-offset", values).scales, (Floats{2.0F, 1.0F}));
}

TEST(RefinedReferenceTest, TheOffsetIsTheMean) {
  const Coded coded = encode_group("mbq2", {11.0F, 13.0F, 15.0F, 17.0F});
  EXPECT_EQ(coded.scales, (Floats{14.0F, 2.0F, 1.0F}));
  EXPECT_EQ(coded.codes, (Codes{0b00, 0b10, 0b01, 0b11}));
}

double square_error(const CodecSpec& spec, const Floats& values) {
  const Floats decoded = round_trip(spec, values);
  double error = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    error += std::pow(double{decoded[i]} - double{values[i]}, 2);
  }
  return error;
}

// Both halves of a cycle, nearest levels and least squares, can only lower the error.
TEST(AlternatingReferenceTest, NoCycleMakesTheErrorLarger) {
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    for (const bool offset : {false, true}) {
      for (const Floats& values : {activations(1000), gradients(1000), normal_values(50)}) {
        CodecSpec spec = spec_of("mbq" + std::to_string(bits));
        spec.offset = offset;
        double before = square_error(spec, values);
        spec.fit = Fit::kAlternating;
        for (spec.cycles = 1; spec.cycles <= 5; ++spec.cycles) {
          const double now = square_error(spec, values);
          EXPECT_LE(now, before * (1 + 1e-4)) << spec.name() << ", " << values.size();
          before = now;
        }
      }
    }
  }
}

// With levels that do not move any more, every value has the nearest one.
TEST(AlternatingReferenceTest, ManyCyclesEndWithTheNearestLevels) {
  CodecSpec spec = spec_of("mbq3-no-offset");
  spec.fit = Fit::kAlternating;
  spec.cycles = kMaxCycles;
  const Floats values = normal_values(400);
  const Coded coded = encode_group(spec, values);
  Floats levels;
  for (unsigned code = 0; code < 8; ++code) {
    float level = 0.0F;
    for (unsigned i = 0; i < 3; ++i)
      level += (code >> i & 1) != 0 ? coded.scales[i] : -coded.scales[i];
    levels.push_back(level);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float error = std::fabs(levels[coded.codes[i]] - values[i]);
    for (const float level : levels) EXPECT_LE(error, std::fabs(level - values[i]) + 1e-5F);
  }
}

}  // namespace
}  // namespace acceptlab::compression
