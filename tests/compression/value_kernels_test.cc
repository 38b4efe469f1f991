#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "compression/half.h"
#include "compression/kernels.h"
#include "compression/simd_target.h"
#include "runtime/base/rng.h"

// Half precision on every instruction set equals half.h bit for bit. The other loops over values:
// kernels_test.cc.
namespace acceptlab::compression {
namespace {

class ValueKernelsTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(use_simd_target(GetParam())); }
  void TearDown() override { use_simd_target(""); }
};
INSTANTIATE_TEST_SUITE_P(Targets, ValueKernelsTest, ::testing::ValuesIn(simd_targets()),
                         [](const auto& target) { return target.param; });

std::uint32_t bits_of(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

float float_of(std::uint32_t bits) {
  float value = 0.0F;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

void expect_narrowed_as_half(const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(2 * values.size());
  narrow(Span<const float>(values), Span<std::uint8_t>(bytes));
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + 2 * i, 2);
    ASSERT_EQ(half, to_half(values[i])) << values[i] << " at " << i << " of " << values.size();
  }
}

TEST_P(ValueKernelsTest, WidenGivesEveryHalfAsHalfDoes) {
  std::vector<std::uint8_t> bytes(2 * 65536);
  for (unsigned half = 0; half < 65536; ++half) {
    bytes[2 * half] = static_cast<std::uint8_t>(half);
    bytes[2 * half + 1] = static_cast<std::uint8_t>(half >> 8);
  }
  std::vector<float> values(65536);
  widen(Span<const std::uint8_t>(bytes), Span<float>(values));
  for (unsigned half = 0; half < 65536; ++half) {
    const float expected = from_half(static_cast<std::uint16_t>(half));
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(values[half])) << half;
    } else {
      ASSERT_EQ(bits_of(values[half]), bits_of(expected)) << half;
    }
  }
}

TEST_P(ValueKernelsTest, NarrowTakesEveryHalfAndBothSidesOfEveryMiddle) {
  std::vector<float> values;
  for (unsigned half = 0; half < 65536; ++half) {
    const auto bits = static_cast<std::uint16_t>(half);
    if (!is_finite_half(bits)) continue;
    const float value = from_half(bits);
    values.push_back(value);
    if (!is_finite_half(static_cast<std::uint16_t>(half + 1))) continue;
    const auto middle = static_cast<float>(
        (double{value} + double{from_half(static_cast<std::uint16_t>(half + 1))}) / 2);
    values.insert(values.end(),
                  {std::nextafter(middle, -1e9F), middle, std::nextafter(middle, 1e9F)});
  }
  expect_narrowed_as_half(values);
}

TEST_P(ValueKernelsTest, NarrowTakesFloatsOfAllBits) {
  Rng rng(1, "floats");
  constexpr float kLargest = std::numeric_limits<float>::max();
  std::vector<float> values{65504.0F,        65519.99F,  65520.0F, -65520.0F,  kLargest,
                            -kLargest,       0.0F,       -0.0F,    0x1.0p-24F, 0x1.0p-25F,
                            0x1.000002p-25F, 0x1.0p-149F};
  while (values.size() < 300000) {
    const float value = float_of(static_cast<std::uint32_t>(rng.next()));
    if (std::isfinite(value)) values.push_back(value);
  }
  expect_narrowed_as_half(values);
}

TEST_P(ValueKernelsTest, HalvesOfEverySizeAtEveryAlignmentComeBack) {
  std::vector<float> values(100);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) - 50.5F;
  for (std::size_t skipped = 0; skipped < 16; ++skipped) {
    for (std::size_t count = 0; count + skipped <= values.size(); ++count) {
      std::vector<std::uint8_t> bytes(skipped + 2 * count + 1, 0xa5);
      narrow({values.data() + skipped, count}, {bytes.data() + skipped, 2 * count});
      ASSERT_EQ(bytes.back(), 0xa5) << "written behind the end";
      std::vector<float> back(skipped + count + 1, 9.0F);
      widen({bytes.data() + skipped, 2 * count}, {back.data() + skipped, count});
      ASSERT_EQ(back.back(), 9.0F) << "written behind the end";
      ASSERT_TRUE(std::equal(back.begin() + static_cast<std::ptrdiff_t>(skipped), back.end() - 1,
                             values.begin() + static_cast<std::ptrdiff_t>(skipped)));
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
