#include <gmock/gmock.h>
#include <zstd.h>

#include <cmath>
#include <limits>

#include "tests/compression/codec_fixtures.h"
#include "tests/compression/message_surgery.h"

// Messages that a stranger makes on purpose. Positions: 36 bytes of header (rank 1), then the body.
namespace acceptlab::compression {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kBody = 36;

Result<TensorInfo> try_decode(const Message& message, std::size_t count) {
  std::vector<float> values(count);
  return Decoder().decode(Span<const std::uint8_t>(message), Span<float>(values));
}

void expect_corrupt(const Message& message, std::size_t count, const char* text) {
  const auto result = try_decode(resealed(message), count);
  ASSERT_FALSE(result.ok()) << text;
  EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
  EXPECT_THAT(result.error().message, HasSubstr(text));
}

Message message_of(const char* name, std::size_t count = 37) {
  return encode(spec_of(name, 16), Span<const float>(normal_values(count)));
}

Message with_float(Message message, std::size_t at, float value) {
  put_float(message, at, value);
  return message;
}

TEST(CraftedScalesTest, ImpossibleOnesAreRefusedInEveryGroup) {
  for (std::size_t group = 0; group < 3; ++group) {
    const std::size_t low = kBody + 8 * group;
    for (const char* name : {"suq4", "uniform8"}) {
      const Message message = message_of(name);
      for (const float value : {NAN, -NAN, INFINITY, -INFINITY, 3e38F}) {
        expect_corrupt(with_float(message, low, value), 37, "a scale is not one");
        expect_corrupt(with_float(message, low + 4, value), 37, "a scale is not one");
      }
      expect_corrupt(with_float(message, low + 4, -1e-30F), 37, "a scale is not one");
      EXPECT_TRUE(try_decode(resealed(with_float(message, low + 4, -0.0F)), 37).ok());
      EXPECT_TRUE(try_decode(resealed(with_float(message, low, -1e38F)), 37).ok());
    }
  }
}

TEST(CraftedScalesTest, AnOffsetMayBeNegativeAnAlphaMayNot) {
  for (const char* name : {"mbq2", "mbq5"}) {
    const Message message = message_of(name);
    EXPECT_TRUE(try_decode(resealed(with_float(message, kBody, -1.0F)), 37).ok());
    for (std::size_t alpha = 1; alpha <= 2; ++alpha) {
      for (const float value : {-1.0F, -1e-40F, NAN, INFINITY, -INFINITY, 3e38F}) {
        expect_corrupt(with_float(message, kBody + 4 * alpha, value), 37, "a scale is not one");
      }
    }
    for (const float value : {NAN, INFINITY, -3e38F}) {
      expect_corrupt(with_float(message, kBody, value), 37, "a scale is not one");
    }
  }
}

TEST(CraftedScalesTest, LevelsThatAddUpBeyondFloat32AreRefused) {
  Message message = message_of("mbq8-no-offset");
  for (std::size_t i = 0; i < 8; ++i) put_float(message, kBody + 4 * i, 0x1.0p125F);
  expect_corrupt(message, 37, "a scale is not one");
  for (std::size_t i = 0; i < 8; ++i) put_float(message, kBody + 4 * i, 0x1.0p123F);
  EXPECT_TRUE(try_decode(resealed(message), 37).ok());
}

TEST(CraftedScalesTest, AKnownRangeIsCheckedEvenWithoutValues) {
  const Message empty = encode(spec_of("suq4-relu6"), {});
  EXPECT_TRUE(try_decode(empty, 0).ok());
  expect_corrupt(with_float(empty, kBody, NAN), 0, "a scale is not one");
  expect_corrupt(with_float(empty, kBody + 4, -1.0F), 0, "a scale is not one");
}

TEST(CraftedCodesTest, PaddingThatIsSetIsRefused) {
  for (const char* name : {"suq1", "uniform3", "mbq5", "mbq7"}) {
    const Message message = message_of(name);
    const std::size_t used = 37 * static_cast<std::size_t>(message[6]) % 8;
    for (std::size_t bit = used; bit < 8; ++bit) {
      Message changed = message;
      changed[changed.size() - 5] =
          static_cast<std::uint8_t>(changed[changed.size() - 5] | 1U << bit);
      expect_corrupt(changed, 37, "bits behind the last code");
    }
  }
}

TEST(CraftedCodesTest, ValuesThatAreNotFiniteAreRefused) {
  const Message none = encode(spec_of("none"), Span<const float>(normal_values(3)));
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    expect_corrupt(with_float(none, kBody + 4, bad), 3, "NaN or infinite");
  }
  const Message half = encode(spec_of("fp16"), Span<const float>(normal_values(3)));
  for (const unsigned bad : {0x7c00U, 0xfc00U, 0x7e00U, 0x7c01U, 0xffffU}) {
    Message changed = half;
    put_integer(changed, kBody + 2, bad, 2);
    expect_corrupt(changed, 3, "NaN or infinite");
  }
}

TEST(CraftedMaskTest, OnesMustBeAsManyAsCodedValues) {
  std::vector<float> values(45);
  values[7] = 3.0F;
  values[44] = -1.0F;
  const Message message = encode(spec_of("none-zeros"), Span<const float>(values));
  ASSERT_EQ(message[7], 2) << "a zero mask is used";
  for (std::size_t bit = 0; bit < 48; ++bit) {
    Message changed = message;
    changed[kBody + bit / 8] = static_cast<std::uint8_t>(changed[kBody + bit / 8] ^ 1U << bit % 8);
    expect_corrupt(changed, 45, "zero mask");
  }
  // As many ones, but one of them behind the last value.
  Message behind = message;
  behind[kBody] = 0;
  behind[kBody + 5] = 0b00110000;
  expect_corrupt(behind, 45, "zero mask");
  // As many ones elsewhere is another good tensor.
  Message moved = message;
  moved[kBody] = 0b00000001;
  EXPECT_TRUE(try_decode(resealed(moved), 45).ok());
}

TEST(CraftedMaskTest, MoreCodedValuesThanValuesAreRefused) {
  Message message = encode(spec_of("fp16-zeros"), Span<const float>(std::vector<float>(100)));
  ASSERT_EQ(message[7], 2);
  put_integer(message, 16, 101, 8);
  expect_corrupt(message, 100, "at most 100");
}

// A message of scheme none, zstd, whose body is these bytes.
Message with_frame(const Message& frame, std::uint32_t count) {
  Message message = encode(spec_of("none"), {});
  message.resize(kBody);
  message[7] = 4;
  put_integer(message, 16, count, 8);
  put_integer(message, 24, frame.size(), 8);
  put_integer(message, 32, count, 4);
  message.insert(message.end(), frame.begin(), frame.end());
  return sealed(message);
}

Message frame_of(const Message& content, bool with_size = true) {
  Message frame(ZSTD_compressBound(content.size()));
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, with_size ? 1 : 0);
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), content.data(), content.size()));
  ZSTD_freeCCtx(context);
  return frame;
}

Message joined(Message first, const Message& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(CraftedFrameTest, AFrameOfTheRightSizeIsTaken) {
  EXPECT_TRUE(try_decode(with_frame(frame_of(Message(400)), 100), 100).ok());
  EXPECT_TRUE(try_decode(with_frame(frame_of({}), 0), 0).ok());
}

// 16 MiB of zeros make a frame of some kilobytes.
TEST(CraftedFrameTest, ABombIsRefusedBeforeItIsInflated) {
  const Message bomb = frame_of(Message(std::size_t{16} << 20));
  ASSERT_LT(bomb.size(), 10000U);
  expect_corrupt(with_frame(bomb, 100), 100, "zstd frame");
}

TEST(CraftedFrameTest, AFrameThatLiesAboutItsContentIsRefused) {
  // The frame says 400 bytes (a content size of 2 bytes, at 5) and has more or fewer.
  for (const std::size_t real : {300, 399, 401, 5000, 100000}) {
    Message frame = frame_of(Message(real));
    Message said = frame_of(Message(400));
    ASSERT_EQ(said[4] >> 6, 1) << "2 bytes tell the size";
    if (frame[4] >> 6 == 1) {
      put_integer(frame, 5, 400 - 256, 2);
    } else {
      frame.erase(frame.begin() + 5, frame.begin() + 9);
      frame.insert(frame.begin() + 5, {144, 0});
      frame[4] = said[4];
    }
    expect_corrupt(with_frame(frame, 100), 100, "zstd frame");
  }
}

TEST(CraftedFrameTest, ContentOfAnotherSizeIsRefused) {
  for (const std::size_t size : {0, 4, 396, 399, 401, 404, 800}) {
    expect_corrupt(with_frame(frame_of(Message(size)), 100), 100, "zstd frame");
  }
}

TEST(CraftedFrameTest, WhatStandsBehindTheFrameIsRefused) {
  const Message frame = frame_of(Message(400));
  const Message skippable{0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
  for (const Message& more : {Message{0}, frame, frame_of({}), skippable}) {
    expect_corrupt(with_frame(joined(frame, more), 100), 100, "zstd frame");
    expect_corrupt(with_frame(joined(more, frame), 100), 100, "zstd frame");
  }
  expect_corrupt(with_frame(joined(frame_of(Message(200)), frame_of(Message(200))), 100), 100,
                 "zstd frame");
}

TEST(CraftedFrameTest, ASkippableFrameIsNotAnEmptyBody) {
  const Message skippable{0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
  expect_corrupt(with_frame(skippable, 0), 0, "zstd frame");
}

TEST(CraftedFrameTest, NoFrameAtAllIsRefused) {
  expect_corrupt(with_frame({}, 0), 0, "zstd frame");
  expect_corrupt(with_frame({}, 100), 100, "zstd frame");
  expect_corrupt(with_frame(Message(400), 100), 100, "zstd frame");
}

}  // namespace
}  // namespace acceptlab::compression
