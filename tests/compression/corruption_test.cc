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
constexpr std::size_t kHeaderBytes = 36;  // of a tensor of one dimension

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

// A good message of one kind, to be damaged.
struct Victim {
  const CodecSpec spec;
  const Message message = encode(spec, Span<const float>(values_to_send()));
  std::vector<float> values = std::vector<float>(kCount);

  // Decodes a resealed message; true where it was accepted.
  bool accepts(const Message& changed) {
    const auto result = try_decode(changed, values);
    if (!result.ok()) {
      expect_typed(result.error(), changed);
      return false;
    }
    const auto plain = plain_decode(Span<const std::uint8_t>(changed));
    EXPECT_TRUE(plain.has_value()) << "the plain version refuses it";
    for (std::size_t i = 0; plain && i < kCount; ++i) {
      EXPECT_TRUE(std::isfinite(values[i]));
      EXPECT_EQ(values[i], (*plain)[i]);
    }
    return true;
  }
};

template <typename Test>
void for_each_kind(const Test& test) {
  for (const char* name : {"none", "none-zeros", "none-zstd", "fp16", "uniform3-zeros",
                           "uniform5-relu6", "suq1", "suq4", "suq8-zeros-zstd", "suq4-relu6-zeros",
                           "mbq1", "mbq3-no-offset", "mbq5-zeros", "mbq8-greedy-zstd"}) {
    SCOPED_TRACE(name);
    Victim victim{spec_of(name, 16)};
    ASSERT_TRUE(try_decode(victim.message, victim.values).ok());
    test(victim);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(CorruptionTest, EveryTruncationIsRefused) {
  for_each_kind([](Victim& victim) {
    for (std::size_t size = 0; size < victim.message.size(); ++size) {
      Message part(victim.message.begin(),
                   victim.message.begin() + static_cast<std::ptrdiff_t>(size));
      const auto result = try_decode(part, victim.values);
      ASSERT_FALSE(result.ok()) << size;
      EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
      ASSERT_FALSE(try_decode(resealed(part), victim.values).ok()) << size;
    }
  });
}

TEST(CorruptionTest, EveryExtensionIsRefused) {
  for_each_kind([](Victim& victim) {
    Message longer = victim.message;
    for (int more = 0; more < 20; ++more) {
      longer.push_back(0);
      ASSERT_FALSE(try_decode(longer, victim.values).ok());
      ASSERT_FALSE(try_decode(resealed(longer), victim.values).ok());
    }
  });
}

TEST(CorruptionTest, EveryFlipOfOneBitIsRefused) {
  for_each_kind([](Victim& victim) {
    for (std::size_t bit = 0; bit < 8 * victim.message.size(); ++bit) {
      Message changed = victim.message;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1U << bit % 8);
      const auto result = try_decode(changed, victim.values);
      ASSERT_FALSE(result.ok()) << bit;
      expect_typed(result.error(), changed);
      // Whatever the damage makes of scales, mask or frame, the checksum is what is wrong.
      if (bit / 8 < kHeaderBytes) continue;
      EXPECT_EQ(result.error().message, "encoded tensor: the checksum does not match") << bit;
    }
  });
}

TEST(CorruptionTest, EveryFlipOfOneBitUnderAGoodChecksumIsSafe) {
  for_each_kind([](Victim& victim) {
    for (std::size_t bit = 0; bit < 8 * (victim.message.size() - 4); ++bit) {
      Message changed = victim.message;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1U << bit % 8);
      const bool accepted = victim.accepts(resealed(changed));
      // Of the header only scheme, dtype and group may be others: uniform is decoded as suq is, the
      // dtype is told and not used, a known range has no groups.
      const std::size_t at = bit / 8;
      const bool may_be_another = at == 5 || at == 8 || (at >= 12 && at < 16);
      if (at < 36 && !may_be_another) {
        EXPECT_FALSE(accepted) << "bit " << bit % 8 << " of byte " << at;
      }
    }
  });
}

TEST(CorruptionTest, RandomChangesUnderAGoodChecksumAreSafe) {
  for_each_kind([](Victim& victim) {
    Rng rng(1, victim.spec.name());
    for (int round = 0; round < 1500; ++round) {
      Message changed = victim.message;
      // The first half anywhere, the second half in the body alone.
      const std::size_t first = round < 750 ? 0 : 36;
      const std::size_t changes = 1 + rng.below(8);
      for (std::size_t c = 0; c < changes; ++c) {
        const std::size_t at = first + rng.below(changed.size() - first - 4);
        changed[at] = rng.below(2) == 0
                          ? static_cast<std::uint8_t>(rng.next())
                          : static_cast<std::uint8_t>(changed[at] ^ 1U << rng.below(8));
      }
      victim.accepts(resealed(changed));
    }
  });
}

TEST(CorruptionTest, AnotherNumberOfValuesIsRefused) {
  for_each_kind([](Victim& victim) {
    for (const std::size_t count : {std::size_t{0}, kCount - 1, kCount + 1, 2 * kCount}) {
      std::vector<float> values(count);
      const auto result = try_decode(victim.message, values);
      ASSERT_FALSE(result.ok()) << count;
      EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
      EXPECT_EQ(result.error().message,
                "encoded tensor: it has 45 values, expected " + std::to_string(count));
    }
  });
}

TEST(CorruptionTest, PureNoiseIsRefused) {
  for_each_kind([](Victim& victim) {
    Rng rng(2, victim.spec.name());
    for (int round = 0; round < 300; ++round) {
      Message noise(rng.below(200));
      for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(rng.next());
      EXPECT_FALSE(try_decode(noise, victim.values).ok());
      EXPECT_FALSE(try_decode(resealed(noise), victim.values).ok());
    }
  });
}

}  // namespace
}  // namespace acceptlab::compression
