#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <optional>

#include "tests/compression/codec_fixtures.h"
#include "tests/compression/message_surgery.h"
#include "tests/compression/plain_codec.h"

// What arrives may be anything: every damaged message is refused, none reads or writes outside.
namespace acceptlab::compression {
namespace {

constexpr std::size_t kCount = 45;

// Half zeros, so that masks are used and zstd finds something.
std::vector<float> values_to_send() {
  std::vector<float> values = activations(kCount);
  values[3] = 1.25F;
  return values;
}

// Decodes from and to buffers of exactly the right size, so that a sanitizer sees an over-read.
Result<TensorInfo> try_decode(const Message& message, std::vector<float>& values) {
  static Decoder decoder;
  const auto exact = std::make_unique<std::uint8_t[]>(message.size());
  std::copy(message.begin(), message.end(), exact.get());
  return decoder.decode(Span<const std::uint8_t>(exact.get(), message.size()), Span<float>(values));
}

void expect_typed(const Error& error, const Message& message) {
  const bool other_version = message.size() > 4 && message[4] != 1;
  EXPECT_EQ(error.kind, error.message.find("version") != std::string::npos && other_version
                            ? ErrorKind::kUnsupported
                            : ErrorKind::kCorrupt)
      << error.message;
}

class CorruptionTest : public ::testing::TestWithParam<const char*> {
 protected:
  const CodecSpec spec_ = spec_of(GetParam(), 16);
  const Message message_ = encode(spec_, Span<const float>(values_to_send()));
  std::vector<float> values_ = std::vector<float>(kCount);

  void SetUp() override { ASSERT_TRUE(try_decode(message_, values_).ok()); }

  // Decodes a resealed message; true where it was accepted.
  bool accepts(const Message& changed) {
    const auto result = try_decode(changed, values_);
    if (!result.ok()) {
      expect_typed(result.error(), changed);
      return false;
    }
    const auto plain = plain_decode(Span<const std::uint8_t>(changed));
    EXPECT_TRUE(plain.has_value()) << "the plain version refuses it";
    for (std::size_t i = 0; plain && i < kCount; ++i) {
      EXPECT_TRUE(std::isfinite(values_[i]));
      EXPECT_EQ(values_[i], (*plain)[i]);
    }
    return true;
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, CorruptionTest,
                         ::testing::Values("none", "none-zeros", "none-zstd", "fp16",
                                           "uniform3-zeros", "uniform5-relu6", "suq1", "suq4",
                                           "suq8-zeros-zstd", "suq4-relu6-zeros", "mbq1",
                                           "mbq3-no-offset", "mbq5-zeros", "mbq8-greedy-zstd"),
                         [](const auto& kind) {
                           std::string name = kind.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(CorruptionTest, EveryTruncationIsRefused) {
  for (std::size_t size = 0; size < message_.size(); ++size) {
    Message part(message_.begin(), message_.begin() + static_cast<std::ptrdiff_t>(size));
    const auto result = try_decode(part, values_);
    ASSERT_FALSE(result.ok()) << size;
    EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
    ASSERT_FALSE(try_decode(resealed(part), values_).ok()) << size;
  }
}

TEST_P(CorruptionTest, EveryExtensionIsRefused) {
  Message longer = message_;
  for (int more = 0; more < 20; ++more) {
    longer.push_back(0);
    ASSERT_FALSE(try_decode(longer, values_).ok());
    ASSERT_FALSE(try_decode(resealed(longer), values_).ok());
  }
}

TEST_P(CorruptionTest, EveryFlipOfOneBitIsRefused) {
  for (std::size_t bit = 0; bit < 8 * message_.size(); ++bit) {
    Message changed = message_;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1U << bit % 8);
    const auto result = try_decode(changed, values_);
    ASSERT_FALSE(result.ok()) << bit;
    expect_typed(result.error(), changed);
  }
}

TEST_P(CorruptionTest, EveryFlipOfOneBitUnderAGoodChecksumIsSafe) {
  for (std::size_t bit = 0; bit < 8 * (message_.size() - 4); ++bit) {
    Message changed = message_;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1U << bit % 8);
    const bool accepted = accepts(resealed(changed));
    // Of the header only scheme, dtype and group may be others: uniform is decoded as suq is, the
    // dtype is told and not used, a known range has no groups.
    const std::size_t at = bit / 8;
    const bool may_be_another = at == 5 || at == 8 || (at >= 12 && at < 16);
    if (at < 36 && !may_be_another) {
      EXPECT_FALSE(accepted) << "bit " << bit % 8 << " of byte " << at;
    }
  }
}

TEST_P(CorruptionTest, RandomChangesUnderAGoodChecksumAreSafe) {
  Rng rng(1, GetParam());
  for (int round = 0; round < 1500; ++round) {
    Message changed = message_;
    // The first half anywhere, the second half in the body alone.
    const std::size_t first = round < 750 ? 0 : 36;
    const std::size_t changes = 1 + rng.below(8);
    for (std::size_t c = 0; c < changes; ++c) {
      const std::size_t at = first + rng.below(changed.size() - first - 4);
      changed[at] = rng.below(2) == 0 ? static_cast<std::uint8_t>(rng.next())
                                      : static_cast<std::uint8_t>(changed[at] ^ 1U << rng.below(8));
    }
    accepts(resealed(changed));
  }
}

TEST_P(CorruptionTest, AnotherNumberOfValuesIsRefused) {
  for (const std::size_t count : {std::size_t{0}, kCount - 1, kCount + 1, 2 * kCount}) {
    std::vector<float> values(count);
    const auto result = try_decode(message_, values);
    ASSERT_FALSE(result.ok()) << count;
    EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
    EXPECT_EQ(result.error().message,
              "encoded tensor: it has 45 values, expected " + std::to_string(count));
  }
}

TEST_P(CorruptionTest, PureNoiseIsRefused) {
  Rng rng(2, GetParam());
  for (int round = 0; round < 300; ++round) {
    Message noise(rng.below(200));
    for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(rng.next());
    EXPECT_FALSE(try_decode(noise, values_).ok());
    EXPECT_FALSE(try_decode(resealed(noise), values_).ok());
  }
}

}  // namespace
}  // namespace acceptlab::compression
