#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <memory>

#include "compression/codec.h"
#include "compression/message.h"
#include "tests/compression/codec_fixtures.h"

// What arrives may be anything: every damaged message is refused, none reads or writes outside.
namespace acceptlab::compression {
namespace {

using ::testing::HasSubstr;
using Message = std::vector<std::uint8_t>;

// Decodes from a buffer of exactly the message's size, so that a sanitizer sees an over-read.
Result<std::size_t> try_decode(const CodecSpec& spec, const Message& message, std::size_t count) {
  const auto exact = std::make_unique<std::uint8_t[]>(message.size());
  std::copy(message.begin(), message.end(), exact.get());
  const auto values = std::make_unique<float[]>(count);
  return make_codec(spec, 1)->decode(Span<const std::uint8_t>(exact.get(), message.size()),
                                     Span<float>(values.get(), count));
}

// Gives a changed message the checksum it needs to get past that check.
Message with_checksum(Message message) {
  const std::size_t checked = message.size() - kChecksumSize;
  const auto crc = crc32(0, message.data(), static_cast<uInt>(checked));
  for (std::size_t i = 0; i < kChecksumSize; ++i) {
    message[checked + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  }
  return message;
}

class CorruptionTest : public ::testing::TestWithParam<std::string> {
 protected:
  const CodecSpec spec_ = spec_of(GetParam(), 16);
  static constexpr std::size_t kCount = 37;
  const Message message_ = encode(spec_, normal_values(kCount));
};

TEST_P(CorruptionTest, EveryTruncationAndEveryExtensionIsRefused) {
  ASSERT_TRUE(try_decode(spec_, message_, kCount).ok());
  for (std::size_t size = 0; size < message_.size(); ++size) {
    const Message part(message_.begin(), message_.begin() + static_cast<std::ptrdiff_t>(size));
    const auto result = try_decode(spec_, part, kCount);
    ASSERT_FALSE(result.ok()) << size;
    EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
  }
  Message longer = message_;
  longer.push_back(0);
  EXPECT_FALSE(try_decode(spec_, longer, kCount).ok());
  EXPECT_FALSE(try_decode(spec_, with_checksum(longer), kCount).ok());
}

TEST_P(CorruptionTest, EveryChangeOfASingleByteIsRefused) {
  for (std::size_t at = 0; at < message_.size(); ++at) {
    for (int change = 1; change < 256; ++change) {
      Message changed = message_;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ change);
      ASSERT_FALSE(try_decode(spec_, changed, kCount).ok()) << at << " ^ " << change;
    }
  }
}

TEST_P(CorruptionTest, EveryChangeOfAHeaderByteIsRefusedEvenWithAGoodChecksum) {
  for (std::size_t at = 0; at < kHeaderSize; ++at) {
    for (int change = 1; change < 256; ++change) {
      Message changed = message_;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ change);
      const auto result = try_decode(spec_, with_checksum(changed), kCount);
      ASSERT_FALSE(result.ok()) << at << " ^ " << change;
      EXPECT_EQ(result.error().kind, at == 4 ? ErrorKind::kUnsupported : ErrorKind::kCorrupt);
    }
  }
}

TEST_P(CorruptionTest, AnotherCountOrSpecIsRefused) {
  EXPECT_FALSE(try_decode(spec_, message_, kCount - 1).ok());
  EXPECT_FALSE(try_decode(spec_, message_, kCount + 1).ok());
  EXPECT_FALSE(try_decode(spec_, message_, 0).ok());
  for (const std::string& name : all_codec_names()) {
    const CodecSpec other = spec_of(name, 16);
    EXPECT_EQ(try_decode(other, message_, kCount).ok(), name == GetParam()) << name;
  }
}

TEST_P(CorruptionTest, RandomBodiesWithGoodChecksumsNeverYieldWhatIsNotFinite) {
  Rng rng(1, "bodies");
  std::vector<float> values(kCount);
  int accepted = 0;
  for (int round = 0; round < 2000; ++round) {
    Message changed = message_;
    const std::size_t changes = 1 + rng.below(8);
    for (std::size_t c = 0; c < changes; ++c) {
      const std::size_t at = kHeaderSize + rng.below(changed.size() - kHeaderSize - kChecksumSize);
      changed[at] = static_cast<std::uint8_t>(rng.next());
    }
    changed = with_checksum(changed);
    const auto result =
        make_codec(spec_, 1)->decode(Span<const std::uint8_t>(changed), Span<float>(values));
    if (!result.ok()) {
      EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
      continue;
    }
    ++accepted;
    for (const float value : values) ASSERT_TRUE(std::isfinite(value));
  }
  EXPECT_GT(accepted, 0) << "else nothing was tested";
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(SomeCodecs, CorruptionTest,
                         ::testing::Values("none", "fp16", "uniform3", "suq1", "suq4", "suq8",
                                           "mbq1", "mbq3-no-offset", "mbq5"),
                         test_name);

// Message positions below: group 16, 37 values, 3 groups.
Message with_float(Message message, std::size_t at, float value) {
  write_float(message.data() + at, value);
  return with_checksum(message);
}

TEST(CraftedMessageTest, ImpossibleScalesAreRefusedNamingTheGroup) {
  const CodecSpec spec = spec_of("suq4", 16);
  const Message message = encode(spec, normal_values(37));
  // Scales of group 1: minimum at 20 + 8, maximum at 20 + 12.
  for (const float value : {NAN, INFINITY, -INFINITY, 1e9F}) {
    const auto result = try_decode(spec, with_float(message, 28, value), 37);
    ASSERT_FALSE(result.ok()) << value;
    EXPECT_THAT(result.error().message, HasSubstr("impossible scales in group 1"));
  }
  const CodecSpec mbq = spec_of("mbq2", 16);
  const Message planes = encode(mbq, normal_values(37));
  EXPECT_TRUE(try_decode(mbq, with_float(planes, 20, -1.0F), 37).ok())
      << "an offset may be negative";
  EXPECT_FALSE(try_decode(mbq, with_float(planes, 24, -1.0F), 37).ok()) << "a scale may not";
}

TEST(CraftedMessageTest, PaddingThatIsNotZeroIsRefused) {
  const CodecSpec spec = spec_of("suq1", 16);
  Message message = encode(spec, normal_values(37));  // 37 bits: 3 bits of padding
  message[message.size() - 5] |= 0x80;
  const auto result = try_decode(spec, with_checksum(message), 37);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr("padding"));
}

TEST(CraftedMessageTest, ValuesThatAreNotFiniteAreRefused) {
  const CodecSpec none = spec_of("none");
  const Message message = encode(none, normal_values(3));
  EXPECT_FALSE(try_decode(none, with_float(message, 24, NAN), 3).ok());
  const CodecSpec fp16 = spec_of("fp16");
  Message halves = encode(fp16, normal_values(3));
  halves[23] = 0x7c;  // high byte of the second half
  halves[22] = 0x00;
  EXPECT_FALSE(try_decode(fp16, with_checksum(halves), 3).ok());
}

TEST(CraftedMessageTest, TheWorkedExampleOfTheFormat) {
  const Message message = encode(spec_of("uniform2", 4), {-1.0F, 2.0F, 0.0F, 1.0F, 7.0F});
  const Message body{0x41,       0x43, 0x43, 0x54, 1, 2, 2,    0,    4,    0, 0, 0, 5,    0, 0,
                     0,          0,    0,    0,    0, 0, 0,    0x80, 0xbf, 0, 0, 0, 0x40,  // -1, 2
                     0,          0,    0xe0, 0x40, 0, 0, 0xe0, 0x40,                       // 7, 7
                     0b10011100, 0b00};
  ASSERT_EQ(message.size(), body.size() + 4);
  EXPECT_TRUE(std::equal(body.begin(), body.end(), message.begin()));
  EXPECT_EQ(message, with_checksum(message));
}

}  // namespace
}  // namespace acceptlab::compression
