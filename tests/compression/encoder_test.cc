#include "compression/encoder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "compression/message.h"
#include "tests/compression/codec_fixtures.h"

namespace acceptlab::compression {
namespace {

using ::testing::HasSubstr;
using Floats = std::vector<float>;

constexpr float kLargest = std::numeric_limits<float>::max();
constexpr std::size_t kCount = 2000;

Result<Message> try_encode(Encoder& encoder, const Floats& values) {
  return encoder.encode(Span<const float>(values), Shape::vector(values.size()), {});
}

// The size by FORMAT.md, not by the code under test; `coded` values are not masked away.
std::size_t size_by_hand(const CodecSpec& spec, std::size_t count, std::size_t coded, bool masked) {
  std::size_t scales = 0;
  if (spec.scheme == Scheme::kUniform || spec.scheme == Scheme::kSuq) scales = 2;
  if (spec.scheme == Scheme::kMbq)
    scales = static_cast<std::size_t>(spec.bits + (spec.offset ? 1 : 0));
  const auto group = static_cast<std::size_t>(group_of(spec));
  std::size_t groups = scales == 0 ? 0 : (coded + group - 1) / group;
  if (scales == 2 && spec.range == Range::kKnown) groups = 1;
  return 32 + 4 + (masked ? (count + 7) / 8 : 0) + 4 * scales * groups +
         (coded * static_cast<std::size_t>(spec.bits) + 7) / 8 + 4;
}

TEST(EncoderTest, SizesAreExactAndToldInAdvance) {
  const Floats values = normal_values(4097);
  for (const std::string& name : scheme_names()) {
    Encoder encoder(spec_of(name), 1);
    for (const std::size_t count : {0, 1, 7, 8, 9, 511, 1023, 1024, 1025, 2049, 4097}) {
      Message room(encoder.bound(count));
      const auto size = encoder.encode({values.data(), count}, Shape::vector(count), {},
                                       Span<std::uint8_t>(room));
      ASSERT_EQ(size.value(), encoder.bound(count)) << name << " " << count;
      ASSERT_EQ(size.value(), size_by_hand(spec_of(name), count, count, false)) << name;
    }
  }
}

TEST(EncoderTest, TheBoundCountsTheDimensions) {
  const Encoder encoder(spec_of("suq4"));
  for (int rank = 0; rank <= kMaxRank; ++rank) {
    EXPECT_EQ(encoder.bound(1, rank), 32U + 4 * static_cast<std::size_t>(rank) + 8 + 1 + 4);
  }
}

TEST(EncoderTest, ABoundIsKeptWhateverTheOptionsDo) {
  for (const std::string& name : all_codec_names()) {
    Encoder encoder(spec_of(name), 1);
    for (const Floats& values : {Floats(kCount), normal_values(kCount), activations(kCount)}) {
      const std::size_t bound = encoder.bound(kCount);
      Message room(bound + 64, 0xa5);
      const auto size = encoder.encode(Span<const float>(values), Shape::vector(kCount), {},
                                       Span<std::uint8_t>(room));
      ASSERT_LE(size.value(), bound);
      ASSERT_EQ(std::count(room.begin() + static_cast<std::ptrdiff_t>(bound), room.end(), 0xa5), 64)
          << name << " writes behind its bound";
    }
  }
}

TEST(EncoderTest, TheMaskIsUsedExactlyWhereItSavesBytes) {
  for (const std::string& name : scheme_names()) {
    const CodecSpec spec = spec_of(name + "-zeros", name[0] == 'n' || name[0] == 'f' ? 0 : 64);
    for (std::size_t zeros = 0; zeros <= 300; zeros += zeros < 40 || zeros > 260 ? 1 : 7) {
      Floats values(300, 0.0F);
      for (std::size_t i = zeros; i < values.size(); ++i) values[i] = 1.0F + static_cast<float>(i);
      if (zeros > 0) values[0] = -0.0F;  // counts as zero
      const std::size_t plain = size_by_hand(spec, 300, 300, false);
      const std::size_t masked = size_by_hand(spec, 300, 300 - zeros, true);
      const Message message = encode(spec, Span<const float>(values));
      const TensorInfo info = inspect(Span<const std::uint8_t>(message)).value();
      ASSERT_EQ(info.has_zero_mask, masked < plain) << name << ", " << zeros << " zeros";
      ASSERT_EQ(message.size(), std::min(plain, masked)) << name << ", " << zeros << " zeros";
      ASSERT_EQ(info.coded_values, masked < plain ? 300 - zeros : 300);
    }
  }
}

TEST(EncoderTest, ZstdIsUsedOnlyWhereItMakesTheMessageSmaller) {
  for (const std::string& name : scheme_names()) {
    for (const Floats& values : {Floats(kCount), normal_values(kCount), Floats()}) {
      const Message plain = encode(spec_of(name), Span<const float>(values));
      const Message deflated = encode(spec_of(name + "-zstd"), Span<const float>(values));
      const TensorInfo info = inspect(Span<const std::uint8_t>(deflated)).value();
      ASSERT_EQ(info.is_deflated, deflated.size() < plain.size()) << name;
      if (!info.is_deflated) {
        ASSERT_EQ(deflated, plain) << name;
      }
    }
    if (spec_of(name).range == Range::kKnown) continue;  // there zeros may be random codes
    const Message zeros = encode(spec_of(name + "-zstd"), Span<const float>(Floats(kCount)));
    EXPECT_TRUE(inspect(Span<const std::uint8_t>(zeros)).value().is_deflated) << name;
  }
}

TEST(EncoderTest, ZstdIsUsedOnlyWhereItPays) {
  const auto size_at = [](const LosslessRate& link) {
    Encoder encoder(spec_of("none-zstd"));
    encoder.set_link(link);
    return try_encode(encoder, Floats(kCount)).value().size();
  };
  const std::size_t plain = size_by_hand(spec_of("none"), kCount, kCount, false);
  EXPECT_LT(size_at({}), plain);
  EXPECT_LT(size_at({BitsPerSecond(1'000'000), 5.0, 2.0}), plain);
  EXPECT_EQ(size_at({BitsPerSecond(1'000'000'000), 5.0, 4.0}), plain);
  // 8 Gbit/s send a byte in 1 ns; the frame saves nearly all of them.
  EXPECT_LT(size_at({BitsPerSecond(8'000'000'000), 0.5, 0.4}), plain);
  EXPECT_EQ(size_at({BitsPerSecond(8'000'000'000), 0.5, 0.5}), plain);
}

TEST(EncoderTest, NanAndInfinityAreRefusedWithIndexAndValue) {
  for (const std::string& name : all_codec_names()) {
    Encoder encoder(spec_of(name), 1);
    Floats values = normal_values(kCount);
    values[1500] = -INFINITY;
    values[1700] = NAN;
    const auto infinite = try_encode(encoder, values);
    ASSERT_FALSE(infinite.ok()) << name;
    EXPECT_EQ(infinite.error().kind, ErrorKind::kUnsupported);
    EXPECT_EQ(infinite.error().message, "tensor to encode: value 1500 (from 0) of 2000 is -inf");
    values[0] = NAN;
    EXPECT_THAT(try_encode(encoder, values).error().message,
                HasSubstr("value 0 (from 0) of 2000 is nan"));
    EXPECT_TRUE(try_encode(encoder, normal_values(kCount)).ok()) << "goes on after an error";
  }
}

TEST(EncoderTest, ValuesBeyondTheLargestMagnitudeAreRefusedWhereAScaleIsFitted) {
  for (const std::string& name : scheme_names()) {
    const CodecSpec spec = spec_of(name);
    const bool fits = is_quantizing(spec.scheme) && spec.range != Range::kKnown;
    Encoder encoder(spec, 1);
    for (const float value : {std::nextafter(kMaxMagnitude, kLargest), -kLargest, kLargest}) {
      for (const std::size_t at : {0, 1100, 1999}) {
        Floats values = normal_values(kCount);
        values[at] = value;
        const auto message = try_encode(encoder, values);
        ASSERT_EQ(message.ok(), !fits) << name << " " << value;
        if (message.ok()) continue;
        EXPECT_EQ(message.error().kind, ErrorKind::kUnsupported);
        EXPECT_THAT(message.error().message,
                    HasSubstr("value " + std::to_string(at) + " (from 0)"));
      }
    }
    EXPECT_TRUE(try_encode(encoder, {kMaxMagnitude, -kMaxMagnitude, 0.0F}).ok()) << name;
  }
}

// A known range clips every finite value, so only the others are at fault.
TEST(EncoderTest, AKnownRangeNamesTheFirstValueThatIsNotFinite) {
  Encoder encoder(spec_of("suq4-relu6"), 1);
  EXPECT_EQ(try_encode(encoder, {1.0F, kLargest, NAN}).error().message,
            "tensor to encode: value 2 (from 0) of 3 is nan");
  EXPECT_EQ(decode(try_encode(encoder, {-kLargest, kLargest}).value(), 2), (Floats{0.0F, 6.0F}));
}

TEST(EncoderTest, ReplacementsAreZeroForNanAndTheLargestForTheOthers) {
  for (const std::string& name : all_codec_names()) {
    const CodecSpec spec = spec_of(name);
    const bool fits = is_quantizing(spec.scheme) && spec.range != Range::kKnown;
    const float most = fits ? kMaxMagnitude : kLargest;
    const Floats bad{1.0F, NAN, INFINITY, -INFINITY, -NAN, 0.0F, kLargest, 2.0F};
    const Floats good{1.0F, 0.0F, most, -most, 0.0F, 0.0F, most, 2.0F};
    Encoder encoder(spec, 1);
    encoder.set_non_finite(NonFinite::kReplace);
    const auto message = try_encode(encoder, bad);
    ASSERT_TRUE(message.ok()) << name;
    EXPECT_EQ(message.value(), encode(spec, Span<const float>(good))) << name;
    encoder.set_non_finite(NonFinite::kError);
    EXPECT_FALSE(try_encode(encoder, bad).ok());
  }
}

TEST(EncoderTest, SuqDependsOnSeedAndTensorAndNothingElse) {
  const CodecSpec spec = spec_of("suq3");
  const Floats values = normal_values(3000);
  const Span<const float> span(values);
  const Message first = encode(spec, span, {1, 2}, 9);
  EXPECT_EQ(encode(spec, span, {1, 2}, 9), first);
  EXPECT_EQ(encode(spec, span, {1, 2, 5}, 9), first) << "the epoch is no part of it";
  EXPECT_NE(encode(spec, span, {1, 2}, 10), first);
  EXPECT_NE(encode(spec, span, {2, 2}, 9), first);
  EXPECT_NE(encode(spec, span, {1, 3}, 9), first);
  Encoder used(spec, 9);
  ASSERT_TRUE(used.encode(span, Shape::vector(3000), {7, 7}).ok());
  EXPECT_EQ(used.encode(span, Shape::vector(3000), {1, 2}).value(), first);
}

TEST(EncoderTest, TheOtherSchemesTakeNoSeed) {
  for (const std::string& name : all_codec_names()) {
    if (name.substr(0, 3) == "suq") continue;
    const Floats values = normal_values(1000);
    EXPECT_EQ(encode(spec_of(name), Span<const float>(values), {1, 2}, 3),
              encode(spec_of(name), Span<const float>(values), {4, 5}, 6))
        << name;
  }
}

TEST(EncoderTest, GroupsDoNotChangeTheRandomNumbers) {
  const Floats values = activations(3000);
  const Floats decoded = round_trip(spec_of("suq3-relu6", 1024), values);
  for (const int group : {8, 24, 512, 520, 4096}) {
    EXPECT_EQ(round_trip(spec_of("suq3-relu6", group), values), decoded) << group;
  }
}

TEST(EncoderTest, AMovedEncoderGoesOn) {
  Encoder first(spec_of("mbq4"), 1);
  Encoder second = std::move(first);
  EXPECT_EQ(second.spec().name(), "mbq4");
  EXPECT_EQ(second.spec().group, 4096) << "the default group is filled in";
  EXPECT_TRUE(try_encode(second, normal_values(100)).ok());
}

}  // namespace
}  // namespace acceptlab::compression
