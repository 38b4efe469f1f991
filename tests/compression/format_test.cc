#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/compression/codec_fixtures.h"
#include "tests/compression/message_surgery.h"

// Messages written out by hand from FORMAT.md, each encoded and decoded. Most leave
// the checksum to the definition in message_surgery.h.
namespace acceptlab::compression {
namespace {

using Floats = std::vector<float>;

// Bytes in hexadecimal; what stands between ( and ) is a comment.
Message bytes_of(const std::string& text) {
  Message bytes;
  std::string digits;
  bool comment = false;
  for (const char c : text) {
    if (c == '(') comment = true;
    if (!comment && c != ' ') digits += c;
    if (c == ')') comment = false;
    if (digits.size() < 2) continue;
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(digits, nullptr, 16)));
    digits.clear();
  }
  EXPECT_TRUE(digits.empty()) << digits;
  return bytes;
}

// Encoding must give the message, decoding it these values.
void expect_message(const CodecSpec& spec, const Floats& values, const Shape& shape,
                    const Message& expected, const Floats& decoded, DType dtype = DType::kFloat32) {
  const auto message = Encoder(spec, 1).encode(Span<const float>(values), shape, {}, dtype);
  EXPECT_EQ(message.value(), expected);
  EXPECT_EQ(decode(expected, decoded.size()), decoded);
}

TEST(FormatTest, TheWorkedExampleOfThePage) {
  const Floats values{-1.0F, 2.0F, 0.0F, 1.0F, 0.0F};
  expect_message(spec_of("uniform2", 8), values, {1, {5}},
                 bytes_of("41 43 50 54  01 02 02 00  00 01 00 00  08 00 00 00"
                          "05 00 00 00  00 00 00 00  0a 00 00 00  00 00 00 00"
                          "05 00 00 00"
                          "00 00 80 bf  00 00 80 3f"
                          "9c 01"
                          "0d b6 d4 67"),
                 values);
  const Message masked =
      sealed(bytes_of("41 43 50 54  01 02 02 02  00 01 00 00  08 00 00 00"
                      "03 00 00 00  00 00 00 00  0a 00 00 00  00 00 00 00"
                      "05 00 00 00 (mask) 0b  00 00 80 bf  00 00 80 3f (codes) 2c"));
  EXPECT_EQ(decode(masked, 5), values);
}

TEST(FormatTest, NoneIsFloatsInARow) {
  expect_message(spec_of("none"), {1.0F, -2.5F}, {1, {2}},
                 bytes_of("(magic) 41 43 50 54 (version) 01 (scheme) 00 (bits) 20 (flags) 00"
                          "(dtype) 00 (rank) 01 00 00 (group) 00 00 00 00"
                          "(coded) 02 00 00 00 00 00 00 00 (body) 08 00 00 00 00 00 00 00"
                          "(dimension) 02 00 00 00 (codes) 00 00 80 3f 00 00 20 c0"
                          "(checksum) e8 78 1f 07"),
                 {1.0F, -2.5F});
}

TEST(FormatTest, Fp16IsHalvesInARow) {
  expect_message(spec_of("fp16"), {1.0F, -2.0F, 0.1F}, {2, {3, 1}},
                 sealed(bytes_of("41 43 50 54 01 01 10 00 (dtype) 01 (rank) 02 00 00 00 00 00 00"
                                 "03 00 00 00 00 00 00 00 06 00 00 00 00 00 00 00"
                                 "03 00 00 00 01 00 00 00 (codes) 00 3c 00 c0 66 2e")),
                 {1.0F, -2.0F, 0.0999755859375F}, DType::kFloat16);
}

// Two groups: the first of 8 values with levels -1, 0, 1, 2, the second of one value. Codes
// 0 3 2 1 1 2 3 0 make 1 group of 2 bytes, code 0 a byte.
TEST(FormatTest, UniformSendsLowAndStepOfEachGroup) {
  expect_message(
      spec_of("uniform2", 8), {-1.0F, 2.0F, 1.0F, 0.0F, 0.25F, 0.75F, 2.0F, -0.75F, 7.0F}, {1, {9}},
      sealed(bytes_of("41 43 50 54 01 02 02 00 00 01 00 00 (group) 08 00 00 00"
                      "09 00 00 00 00 00 00 00 (body) 13 00 00 00 00 00 00 00 09 00 00 00"
                      "(-1, 1) 00 00 80 bf 00 00 80 3f (7, 0) 00 00 e0 40 00 00 00 00"
                      "(01 10 11 00) 6c (00 11 10 01) 39 (00) 00")),
      {-1.0F, 2.0F, 1.0F, 0.0F, 0.0F, 1.0F, 2.0F, -1.0F, 7.0F});
}

// Values on levels keep them whatever the random numbers. One pair of scales serves both groups.
TEST(FormatTest, SuqWithAKnownRangeSendsItOnce) {
  expect_message(spec_of("suq2-relu6", 8), {0.0F, 6.0F, 2.0F, 4.0F, 0.0F, 0.0F, 6.0F, 6.0F, 9.0F},
                 {1, {9}},
                 sealed(bytes_of("41 43 50 54 01 03 02 (one range) 08 00 01 00 00 08 00 00 00"
                                 "09 00 00 00 00 00 00 00 (body) 0b 00 00 00 00 00 00 00"
                                 "09 00 00 00 (0, 2) 00 00 00 00 00 00 00 40"
                                 "(10 01 11 00) 9c (11 11 00 00) f0 (11) 03")),
                 {0.0F, 6.0F, 2.0F, 4.0F, 0.0F, 0.0F, 6.0F, 6.0F, 6.0F});
}

// The mean is 4, the planes 2.5 and 1, as reference_test.cc finds them by hand.
TEST(FormatTest, MbqSendsOffsetAndScalesOfEachGroup) {
  expect_message(spec_of("mbq2-greedy", 8), {1.0F, 2.0F, 5.0F, 8.0F}, {2, {2, 2}},
                 sealed(bytes_of("41 43 50 54 01 04 02 (offset) 01 00 02 00 00 08 00 00 00"
                                 "04 00 00 00 00 00 00 00 (body) 0d 00 00 00 00 00 00 00"
                                 "02 00 00 00 02 00 00 00"
                                 "00 00 80 40 00 00 20 40 00 00 80 3f (11 01 10 00) d8")),
                 {0.5F, 2.5F, 5.5F, 7.5F});
}

TEST(FormatTest, MbqWithoutOffsetSendsScalesAlone) {
  expect_message(spec_of("mbq2-no-offset", 8), {-3.0F, -1.0F, 1.0F, 3.0F}, {1, {4}},
                 sealed(bytes_of("41 43 50 54 01 04 02 00 00 01 00 00 08 00 00 00"
                                 "04 00 00 00 00 00 00 00 09 00 00 00 00 00 00 00 04 00 00 00"
                                 "00 00 00 40 00 00 80 3f (11 01 10 00) d8")),
                 {-3.0F, -1.0F, 1.0F, 3.0F});
}

TEST(FormatTest, AZeroMaskStandsInFront) {
  Floats values(20, 0.0F);
  values[1] = 2.0F;
  values[10] = -1.0F;
  values[19] = 0.5F;
  values[4] = -0.0F;
  Floats decoded = values;
  decoded[4] = 0.0F;
  expect_message(spec_of("none-zeros"), values, {1, {20}},
                 sealed(bytes_of("41 43 50 54 01 00 20 (zero mask) 02 00 01 00 00 00 00 00 00"
                                 "(coded) 03 00 00 00 00 00 00 00 (body) 0f 00 00 00 00 00 00 00"
                                 "14 00 00 00 (mask) 02 04 08"
                                 "00 00 00 40 00 00 80 bf 00 00 00 3f")),
                 decoded);
}

// A block of 512 values: value 17 is the second of lane 1, whose first word is at byte 4.
TEST(FormatTest, UniformBlocksFillTheWordsOfEachLane) {
  Floats values(512, 0.0F);
  values[17] = 7.0F;
  values[165] = 5.0F;  // the 11th of lane 5: bits 30 to 32, in words at 20 and 84
  Message message = bytes_of(
      "41 43 50 54 01 02 03 00 00 01 00 00 00 02 00 00 00 02 00 00 00 00 00 00"
      "(8 + 192) c8 00 00 00 00 00 00 00 00 02 00 00 (0, 1) 00 00 00 00 00 00 80 3f");
  message.resize(44 + 192);
  message[44 + 4] = 0b00111000;
  message[44 + 20 + 3] = 0b01000000;
  message[44 + 84] = 0b00000001;
  expect_message(spec_of("uniform3", 512), values, {1, {512}}, sealed(message), values);
}

// A block of mbq: plane 1 in the words of the first 64 bytes, plane 2 in those of the next.
TEST(FormatTest, MbqBlocksKeepPlanesApart) {
  Floats values(512, -3.0F);
  values[17] = 3.0F;    // both planes: bit 1 of lane 1
  values[165] = -1.0F;  // the second plane: bit 10 of lane 5
  values[510] = 1.0F;   // the first plane: bit 31 of lane 14
  Message message = bytes_of(
      "41 43 50 54 01 04 02 00 00 01 00 00 00 02 00 00 00 02 00 00 00 00 00 00"
      "(8 + 128) 88 00 00 00 00 00 00 00 00 02 00 00 (2, 1) 00 00 00 40 00 00 80 3f");
  message.resize(44 + 128);
  message[44 + 4] = 0b00000010;
  message[44 + 56 + 3] = 0b10000000;
  message[44 + 64 + 4] = 0b00000010;
  message[44 + 64 + 20 + 1] = 0b00000100;
  EXPECT_EQ(decode(sealed(message), 512), values);
  // The same levels are what the fit finds.
  expect_message(spec_of("mbq2-no-offset", 512), values, {1, {512}}, sealed(message), values);
}

// A zstd frame by hand (RFC 8878): one segment with a size of 1 byte, one last block that repeats
// a byte 8 times.
TEST(FormatTest, ABodyMayBeAZstdFrame) {
  const Message message =
      sealed(bytes_of("41 43 50 54 01 00 20 (zstd) 04 00 01 00 00 00 00 00 00"
                      "02 00 00 00 00 00 00 00 (body) 0a 00 00 00 00 00 00 00 02 00 00 00"
                      "28 b5 2f fd (descriptor, size) 20 08 (block: 8 << 3 | RLE | last) 43 00 00"
                      "(repeated) 40"));
  EXPECT_EQ(decode(message, 2), (Floats{3.00392151F, 3.00392151F}));  // 40 40 40 40
}

TEST(FormatTest, AnEmptyTensorHasNoBody) {
  const Message message =
      sealed(bytes_of("41 43 50 54 01 04 04 01 00 02 00 00 00 10 00 00"
                      "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 03 00 00 00"));
  expect_message(spec_of("mbq4"), {}, {2, {0, 3}}, message, {});
}

}  // namespace
}  // namespace acceptlab::compression
