#include "compression/bit_packing.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "runtime/base/rng.h"

namespace acceptlab::compression {
namespace {

std::vector<std::uint8_t> pack(int bits, const std::vector<std::uint8_t>& codes) {
  std::vector<std::uint8_t> bytes(packed_size(codes.size(), bits));
  BitWriter writer(bits, Span<std::uint8_t>(bytes));
  for (const std::uint8_t code : codes) writer.append(code);
  writer.finish();
  return bytes;
}

TEST(BitPackingTest, CodesFollowEachOtherFromTheLowestBit) {
  EXPECT_EQ(pack(1, {1, 0, 1, 1, 0, 0, 0, 1, 1}), (std::vector<std::uint8_t>{0b10001101, 1}));
  // 3 bits: 101, 010, 11|1 -> the third code crosses into the second byte.
  EXPECT_EQ(pack(3, {0b101, 0b010, 0b111}), (std::vector<std::uint8_t>{0b11010101, 0b1}));
  EXPECT_EQ(pack(4, {0x1, 0x2, 0x3}), (std::vector<std::uint8_t>{0x21, 0x03}));
  EXPECT_EQ(pack(8, {7, 255}), (std::vector<std::uint8_t>{7, 255}));
}

TEST(BitPackingTest, EveryWidthAndLengthComesBackAndHasTheExactSize) {
  Rng rng(1, "codes");
  for (int bits = 1; bits <= 8; ++bits) {
    for (std::size_t count = 0; count <= 70; ++count) {
      std::vector<std::uint8_t> codes(count);
      for (auto& code : codes) code = static_cast<std::uint8_t>(rng.below(1U << bits));
      const std::vector<std::uint8_t> bytes = pack(bits, codes);
      EXPECT_EQ(bytes.size(), (count * static_cast<std::size_t>(bits) + 7) / 8);
      EXPECT_EQ(packed_size(count, bits), bytes.size());
      BitReader reader(bits, Span<const std::uint8_t>(bytes));
      for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(reader.take(), codes[i]) << bits;
      EXPECT_TRUE(reader.finished()) << bits << " bits, " << count << " codes";
    }
  }
}

TEST(BitPackingTest, AReaderSeesPaddingThatIsNotZeroAndBytesLeftOver) {
  const std::vector<std::uint8_t> padded{0b10000101};
  BitReader reader(3, Span<const std::uint8_t>(padded));
  EXPECT_EQ(reader.take(), 0b101);
  EXPECT_FALSE(reader.finished());
  const std::vector<std::uint8_t> longer{5, 0};
  BitReader early(8, Span<const std::uint8_t>(longer));
  EXPECT_EQ(early.take(), 5);
  EXPECT_FALSE(early.finished());
}

TEST(BitPackingTest, SizesOfHugeCountsDoNotOverflow) {
  constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max() / 2;
  EXPECT_EQ(packed_size(kHuge, 8), kHuge);
  EXPECT_EQ(packed_size(kHuge, 1), kHuge / 8 + 1);
}

}  // namespace
}  // namespace acceptlab::compression
