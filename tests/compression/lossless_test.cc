#include "compression/lossless.h"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/base/rng.h"

namespace acceptlab::compression {
namespace {

using Content = std::vector<std::uint8_t>;

Content random_bytes(std::size_t count) {
  Rng rng(1, "bytes");
  Content bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.next());
  return bytes;
}

Content copy_of(Span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

// 1,000 bytes saved at 8 Mbit/s take 1 ms on the link; 10,000 bytes of body at 50 + 50 ns cost it.
TEST(LosslessPaysTest, WhereTheLinkGainsMoreThanTheProcessorsLose) {
  const LosslessRate rate{BitsPerSecond(8'000'000), 50.0, 50.0};
  EXPECT_FALSE(lossless_pays(rate, Bytes(10'000), Bytes(9'000)));
  EXPECT_TRUE(lossless_pays(rate, Bytes(10'000), Bytes(8'999)));
  EXPECT_FALSE(lossless_pays(rate, Bytes(10'001), Bytes(9'001)));
}

TEST(LosslessPaysTest, MoreOftenTheSlowerTheLink) {
  for (const std::int64_t link : {1'000, 1'000'000, 100'000'000}) {
    EXPECT_TRUE(lossless_pays({BitsPerSecond(link), 4.0, 1.0}, Bytes(1 << 20), Bytes(1 << 19)));
  }
  EXPECT_FALSE(
      lossless_pays({BitsPerSecond(10'000'000'000), 4.0, 1.0}, Bytes(1 << 20), Bytes(1 << 19)));
}

TEST(LosslessPaysTest, OnAnUnknownLinkWithEveryByteSaved) {
  EXPECT_TRUE(lossless_pays({BitsPerSecond(0), 1e9, 1e9}, Bytes(100), Bytes(99)));
}

TEST(LosslessPaysTest, NeverWithoutSaving) {
  for (const LosslessRate& rate : {LosslessRate{}, LosslessRate{BitsPerSecond(1), 0.0, 0.0}}) {
    EXPECT_FALSE(lossless_pays(rate, Bytes(100), Bytes(100)));
    EXPECT_FALSE(lossless_pays(rate, Bytes(100), Bytes(101)));
    EXPECT_FALSE(lossless_pays(rate, Bytes(0), Bytes(0)));
  }
}

TEST(DeflaterTest, WhatItMakesIsSmallerAndComesBack) {
  Deflater deflater;
  Inflater inflater;
  for (const std::size_t size : {100, 1'000'000, 5'000, 200}) {
    const Content content(size, 7);
    const auto frame = deflater.deflate(Span<const std::uint8_t>(content));
    ASSERT_TRUE(frame.has_value());
    EXPECT_LT(frame->size(), size);
    const auto back = inflater.inflate(*frame, size);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(copy_of(*back), content);
  }
}

TEST(DeflaterTest, GivesNothingWhereNothingIsSaved) {
  Deflater deflater;
  EXPECT_FALSE(deflater.deflate({}));
  for (const std::size_t size : {1, 8, 1000, 300'000}) {
    EXPECT_FALSE(deflater.deflate(Span<const std::uint8_t>(random_bytes(size))));
  }
}

TEST(DeflaterTest, EqualBytesGiveEqualFramesWhateverCameBefore) {
  const Content content(3000, 9);
  Deflater fresh;
  const Content expected = copy_of(*fresh.deflate(Span<const std::uint8_t>(content)));
  Deflater used;
  for (const std::size_t size : {10, 100'000}) {
    static_cast<void>(used.deflate(Span<const std::uint8_t>(random_bytes(size))));
  }
  EXPECT_EQ(copy_of(*used.deflate(Span<const std::uint8_t>(content))), expected);
}

TEST(InflaterTest, RefusesEveryTruncationAndEveryOtherSize) {
  Deflater deflater;
  Content content = random_bytes(300);
  content.resize(1000);
  const Content frame = copy_of(*deflater.deflate(Span<const std::uint8_t>(content)));
  Inflater inflater;
  for (std::size_t size = 0; size < frame.size(); ++size) {
    EXPECT_FALSE(inflater.inflate({frame.data(), size}, content.size())) << size;
  }
  for (const std::size_t size : {0, 1, 999, 1001, 1 << 30}) {
    EXPECT_FALSE(inflater.inflate(Span<const std::uint8_t>(frame), size)) << size;
  }
  EXPECT_TRUE(inflater.inflate(Span<const std::uint8_t>(frame), content.size()));
}

}  // namespace
}  // namespace acceptlab::compression
