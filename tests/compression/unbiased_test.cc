#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "tests/compression/codec_fixtures.h"

// suq's expectation is the value itself: over a whole tensor, at every place within a step and at
// the ends of a group. Errors are in steps; f is how far above a level a value lies, so that the
// exact variance of its error is f (1 - f).
namespace acceptlab::compression {
namespace {

constexpr std::size_t kValues = std::size_t{1} << 16;
constexpr std::size_t kGroup = 1024;
constexpr std::uint64_t kTensors = 160;  // of 65,536 values: 1.05e7
constexpr int kBins = 10;

static_assert(kValues * kTensors >= 10'000'000);

// What the header and the scales of a message say of each value.
struct Place {
  double step = 0.0;
  double fraction = 0.0;
};

std::vector<Place> places_of(const Message& message, const std::vector<float>& values) {
  std::vector<Place> places(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    float scale[2];
    std::memcpy(scale, message.data() + 36 + 8 * (i / kGroup), sizeof scale);
    const double position = (double{values[i]} - double{scale[0]}) / double{scale[1]};
    places[i] = {scale[1], position - std::floor(position)};
  }
  return places;
}

// The sum of the errors of each value over all tensors, in steps.
std::vector<double> summed_errors(const CodecSpec& spec, const std::vector<float>& values,
                                  const std::vector<Place>& places) {
  Encoder encoder(spec, 1);
  Decoder decoder;
  Message message(encoder.bound(kValues));
  std::vector<float> decoded(kValues);
  std::vector<double> sums(kValues);
  for (std::uint64_t tensor = 0; tensor < kTensors; ++tensor) {
    const auto size = encoder.encode(Span<const float>(values), Shape::vector(kValues), {5, tensor},
                                     Span<std::uint8_t>(message));
    EXPECT_TRUE(size.ok());
    EXPECT_TRUE(decoder.decode(Span<const std::uint8_t>(message), Span<float>(decoded)).ok());
    for (std::size_t i = 0; i < kValues; ++i) sums[i] += double{decoded[i]} - double{values[i]};
  }
  for (std::size_t i = 0; i < kValues; ++i) sums[i] /= places[i].step;
  return sums;
}

struct Deviate {
  double error = 0.0;
  double variance = 0.0;
  void add(double sum, double fraction) {
    error += sum;
    variance += static_cast<double>(kTensors) * fraction * (1 - fraction);
  }
  double z() const { return error / std::sqrt(variance); }
};

TEST(UnbiasedTest, TheMeanErrorIsThatOfChanceAloneAtEveryPlaceInAStep) {
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    SCOPED_TRACE(bits);
    const CodecSpec spec = spec_of("suq" + std::to_string(bits), kGroup);
    const std::vector<float> values = normal_values(kValues, 7);
    const std::vector<Place> places = places_of(encode(spec, Span<const float>(values)), values);
    const std::vector<double> sums = summed_errors(spec, values, places);
    Deviate all;
    std::vector<Deviate> bins(kBins);
    for (std::size_t i = 0; i < kValues; ++i) {
      all.add(sums[i], places[i].fraction);
      bins[static_cast<std::size_t>(places[i].fraction * kBins)].add(sums[i], places[i].fraction);
    }
    EXPECT_LT(std::fabs(all.z()), 4.0);
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      EXPECT_LT(std::fabs(bins[bin].z()), 4.5) << "fraction " << bin << " / " << kBins;
    }
  }
}

// Groups far from zero and of other widths too.
std::vector<float> values_of_all_sizes(std::size_t group) {
  std::vector<float> values = normal_values(kValues, 11);
  for (std::size_t i = 0; i < kValues; ++i) {
    values[i] = std::ldexp(values[i], static_cast<int>(i / group % 41) - 20) +
                (i / group % 3 == 0 ? 9.0F : 0.0F);
  }
  return values;
}

void expect_exact_ends(const std::vector<float>& values, const std::vector<float>& decoded,
                       std::size_t group) {
  for (std::size_t first = 0; first < kValues; first += group) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(group);
    const auto [low, high] = std::minmax_element(begin, end);
    const double unit = 0x1.0p-23 * std::max(std::fabs(*low), std::fabs(*high));
    ASSERT_EQ(decoded[static_cast<std::size_t>(low - values.begin())], *low) << first;
    ASSERT_NEAR(decoded[static_cast<std::size_t>(high - values.begin())], *high, 2 * unit) << first;
  }
}

TEST(UnbiasedTest, MinimumAndMaximumOfAGroupComeBackButForRounding) {
  for (const int group : {64, 512, 1024}) {
    const std::vector<float> values = values_of_all_sizes(static_cast<std::size_t>(group));
    for (int bits = 1; bits <= kMaxBits; ++bits) {
      SCOPED_TRACE(bits);
      const CodecSpec spec = spec_of("suq" + std::to_string(bits), group);
      for (std::uint64_t tensor = 0; tensor < 20; ++tensor) {
        ASSERT_NO_FATAL_FAILURE(expect_exact_ends(values, round_trip(spec, values, {1, tensor}),
                                                  static_cast<std::size_t>(group)));
      }
    }
  }
}

// Ranges that are not a group's own: within them nothing changes.
TEST(UnbiasedTest, AKnownRangeIsUnbiasedWithin) {
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    SCOPED_TRACE(bits);
    CodecSpec spec = spec_of("suq" + std::to_string(bits) + "-relu6");
    const std::vector<float> values = activations(kValues, 3);
    const double step = 6.0 / ((1 << bits) - 1);
    std::vector<Place> places(kValues);
    for (std::size_t i = 0; i < kValues; ++i) {
      const double position = double{values[i]} / step;
      places[i] = {step, position - std::floor(position)};
    }
    const std::vector<double> sums = summed_errors(spec, values, places);
    Deviate all;
    for (std::size_t i = 0; i < kValues; ++i) all.add(sums[i], places[i].fraction);
    EXPECT_LT(std::fabs(all.z()), 4.0);
  }
}

TEST(ChanceTest, EqualGroupsAreRoundedIndependently) {
  const std::vector<float> group = normal_values(256);
  std::vector<float> values = group;
  values.insert(values.end(), group.begin(), group.end());
  const std::vector<float> decoded = round_trip(spec_of("suq4", 256), values);
  int different = 0;
  for (std::size_t i = 0; i < 256; ++i) different += decoded[i] != decoded[i + 256] ? 1 : 0;
  EXPECT_GT(different, 50);
}

}  // namespace
}  // namespace acceptlab::compression
