#include "compression/layout.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "runtime/base/rng.h"

namespace acceptlab::compression {
namespace {

using Bytes8 = std::vector<std::uint8_t>;
using Bits = std::vector<bool>;

// FORMAT.md, "codes", told the other way round: streams of bits are filled code by code and cut
// into bytes.
void append(Bits& stream, unsigned code, int bits) {
  for (int b = 0; b < bits; ++b) stream.push_back((code >> b & 1) != 0);
}

Bytes8 bytes_of(const Bits& stream) {
  Bytes8 bytes((stream.size() + 7) / 8);
  for (std::size_t b = 0; b < stream.size(); ++b) {
    if (stream[b]) bytes[b / 8] = static_cast<std::uint8_t>(bytes[b / 8] + (1U << b % 8));
  }
  return bytes;
}

// Words of 32 bits of each lane: word w of lane l is number 16 w + l.
Bytes8 block_of(Layout layout, int bits, const std::uint8_t* codes) {
  const auto k = static_cast<std::size_t>(bits);
  std::vector<std::uint32_t> words(16 * k);
  for (std::size_t lane = 0; lane < 16; ++lane) {
    Bits stream;
    if (layout == Layout::kFields) {
      for (std::size_t i = 0; i < 32; ++i) append(stream, codes[16 * i + lane], bits);
    } else {
      for (int plane = 0; plane < bits; ++plane) {
        for (std::size_t i = 0; i < 32; ++i) append(stream, codes[16 * i + lane] >> plane & 1U, 1);
      }
    }
    const Bytes8 bytes = bytes_of(stream);
    for (std::size_t w = 0; w < k; ++w) std::memcpy(&words[16 * w + lane], &bytes[4 * w], 4);
  }
  Bytes8 block(64 * k);
  std::memcpy(block.data(), words.data(), block.size());
  return block;
}

Bytes8 group_of_the_page(Layout layout, int bits, const Bytes8& codes) {
  Bytes8 packed;
  std::size_t v = 0;
  for (; v + 512 <= codes.size(); v += 512) {
    const Bytes8 block = block_of(layout, bits, codes.data() + v);
    packed.insert(packed.end(), block.begin(), block.end());
  }
  Bits rest;
  for (; v < codes.size(); ++v) append(rest, codes[v], bits);
  const Bytes8 bytes = bytes_of(rest);
  packed.insert(packed.end(), bytes.begin(), bytes.end());
  return packed;
}

Bytes8 random_codes(std::size_t count, int bits, std::uint64_t seed) {
  Rng rng(seed, "codes");
  Bytes8 codes(count);
  for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(rng.next() >> (64 - bits));
  return codes;
}

class LayoutTest : public ::testing::TestWithParam<Layout> {};
INSTANTIATE_TEST_SUITE_P(Layouts, LayoutTest, ::testing::Values(Layout::kFields, Layout::kPlanes),
                         [](const auto& layout) {
                           return layout.param == Layout::kFields ? "Fields" : "Planes";
                         });

TEST_P(LayoutTest, GroupsOfEverySizeArePackedAsThePageSaysAndComeBack) {
  for (int bits = 1; bits <= 8; ++bits) {
    const Bytes8 all = random_codes(1100, bits, static_cast<std::uint64_t>(bits));
    for (std::size_t count = 0; count <= all.size(); ++count) {
      const Bytes8 codes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
      Bytes8 packed(packed_size(count, bits), 0xff);  // what was there before must not matter
      pack_group(GetParam(), bits, Span<const std::uint8_t>(codes), Span<std::uint8_t>(packed));
      // The page's way is slow: every size up to two vectors, then those around blocks.
      if (count < 70 || count % 512 < 3 || count % 512 > 509 || count % 37 == 0) {
        ASSERT_EQ(packed, group_of_the_page(GetParam(), bits, codes)) << bits << ", " << count;
      }
      Bytes8 unpacked(count, 0xff);
      unpack_group(GetParam(), bits, Span<const std::uint8_t>(packed),
                   Span<std::uint8_t>(unpacked));
      ASSERT_EQ(unpacked, codes) << bits << " bits, " << count << " codes";
    }
  }
}

// By hand: value 165 is the 11th of lane 5. With 3 bits its code takes bits 30, 31 and 32 of the
// lane: the last two of word 0, at byte 20, and the first of word 1, at byte 4 (16 + 5).
TEST(LayoutExampleTest, ACodeMayCrossWordsOfItsLane) {
  Bytes8 codes(512);
  codes[165] = 7;
  Bytes8 packed(192);
  pack_group(Layout::kFields, 3, Span<const std::uint8_t>(codes), Span<std::uint8_t>(packed));
  Bytes8 expected(192);
  expected[20 + 3] = 0b11000000;
  expected[84] = 0b00000001;
  EXPECT_EQ(packed, expected);
}

// Its planes are words 0, 1 and 2 of lane 5, each at bit 10.
TEST(LayoutExampleTest, PlanesLieApart) {
  Bytes8 codes(512);
  codes[165] = 5;
  Bytes8 packed(192);
  pack_group(Layout::kPlanes, 3, Span<const std::uint8_t>(codes), Span<std::uint8_t>(packed));
  Bytes8 expected(192);
  expected[20 + 1] = 0b00000100;
  expected[148 + 1] = 0b00000100;
  EXPECT_EQ(packed, expected);
}

TEST(PackedSizeTest, IsTheBitsRoundedUpToBytesEvenForHugeCounts) {
  for (int bits = 1; bits <= 32; ++bits) {
    for (std::size_t count = 0; count < 1100; ++count) {
      ASSERT_EQ(packed_size(count, bits), (count * static_cast<std::size_t>(bits) + 7) / 8);
    }
  }
  __extension__ using Wide = unsigned __int128;
  for (const std::size_t count :
       {std::size_t{0xffffffff}, ~std::size_t{0} / 8, std::size_t{1} << 58}) {
    for (int bits = 1; bits <= 8; ++bits) {
      const Wide exact = (Wide{count} * static_cast<unsigned>(bits) + 7) / 8;
      EXPECT_EQ(packed_size(count, bits), static_cast<std::size_t>(exact)) << count;
    }
  }
}

TEST(PaddingTest, EveryBitBehindTheLastCodeCounts) {
  for (int bits = 1; bits <= 8; ++bits) {
    for (std::size_t count = 0; count < 40; ++count) {
      const std::size_t used = count * static_cast<std::size_t>(bits);
      Bytes8 packed(packed_size(count, bits));
      for (std::size_t b = 0; b < used; ++b)
        packed[b / 8] |= static_cast<std::uint8_t>(1U << b % 8);
      ASSERT_TRUE(padding_is_zero(bits, count, Span<const std::uint8_t>(packed)));
      for (std::size_t b = used; b < 8 * packed.size(); ++b) {
        Bytes8 padded = packed;
        padded[b / 8] |= static_cast<std::uint8_t>(1U << b % 8);
        ASSERT_FALSE(padding_is_zero(bits, count, Span<const std::uint8_t>(padded)));
      }
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
