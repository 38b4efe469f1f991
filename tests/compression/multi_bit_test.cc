#include "compression/multi_bit.h"

#include <gtest/gtest.h>

#include "tests/compression/codec_fixtures.h"

namespace acceptlab::compression {
namespace {

struct Coded {
  std::vector<float> scales;
  std::vector<std::uint8_t> codes;
};

Coded encode_group(int bits, bool offset, const std::vector<float>& values) {
  Coded coded{std::vector<float>(static_cast<std::size_t>(bits + (offset ? 1 : 0))),
              std::vector<std::uint8_t>(values.size())};
  MultiBitQuantizer(bits, offset)
      .encode(Span<const float>(values), 0, CounterRandom(1, {}), Span<float>(coded.scales),
              Span<std::uint8_t>(coded.codes));
  return coded;
}

// By hand: the mean is 4; residuals -3, -2, 1, 4 have mean magnitude 2.5; then -0.5, 0.5, -1.5,
// 1.5 have mean magnitude 1.
TEST(MultiBitTest, FitsOffsetAndPlanesGreedily) {
  const std::vector<float> values{1.0F, 2.0F, 5.0F, 8.0F};
  const Coded coded = encode_group(2, true, values);
  EXPECT_EQ(coded.scales, (std::vector<float>{4.0F, 2.5F, 1.0F}));
  EXPECT_EQ(coded.codes, (std::vector<std::uint8_t>{0b00, 0b10, 0b01, 0b11}));
  EXPECT_EQ(round_trip(spec_of("mbq2"), values), (std::vector<float>{0.5F, 2.5F, 5.5F, 7.5F}));
}

// By hand: magnitudes 1, 2, 5, 8 have mean 4; then -3, -2, 1, 4 have mean magnitude 2.5.
TEST(MultiBitTest, WithoutOffsetTheFirstPlaneIsTheSignOfTheValue) {
  const std::vector<float> values{1.0F, -2.0F, 5.0F, -8.0F};
  const Coded coded = encode_group(2, false, values);
  EXPECT_EQ(coded.scales, (std::vector<float>{4.0F, 2.5F}));
  EXPECT_EQ(coded.codes, (std::vector<std::uint8_t>{0b01, 0b10, 0b11, 0b00}));
  EXPECT_EQ(round_trip(spec_of("mbq2-no-offset"), values),
            (std::vector<float>{1.5F, -1.5F, 6.5F, -6.5F}));
}

TEST(MultiBitTest, ResidualZeroCountsAsPositive) {
  EXPECT_EQ(encode_group(1, false, {0.0F, -2.0F}).codes, (std::vector<std::uint8_t>{1, 0}));
}

TEST(MultiBitTest, NegativeOrInfiniteScalesAreNotPlausible) {
  const MultiBitQuantizer quantizer(2, true);
  const auto plausible = [&](std::vector<float> scales) {
    return quantizer.plausible(Span<const float>(scales));
  };
  EXPECT_TRUE(plausible({-4.0F, 1.0F, 0.0F}));
  EXPECT_FALSE(plausible({0.0F, -1.0F, 0.0F}));
  EXPECT_FALSE(plausible({0.0F, 1.0F, INFINITY}));
  EXPECT_FALSE(plausible({NAN, 1.0F, 0.0F}));
}

}  // namespace
}  // namespace acceptlab::compression
