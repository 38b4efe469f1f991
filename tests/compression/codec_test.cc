#include "compression/codec.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/compression/codec_fixtures.h"

// The port's adapter; what it wraps is tested in encoder_test.cc and decoder_test.cc.
namespace acceptlab::compression {
namespace {

using Floats = std::vector<float>;

TEST(CodecTest, MakesTheMessagesOfAnEncoderOfItsSeed) {
  const Floats values = activations(1500);
  for (const std::string& name : all_codec_names()) {
    const auto codec = make_codec(spec_of(name), 7);
    const auto bytes = codec->encode(Span<const float>(values), {1, 2});
    EXPECT_EQ(bytes.value(), encode(spec_of(name), Span<const float>(values), {1, 2}, 7)) << name;
  }
}

TEST(CodecTest, TellsTheSizeOrTheMostItCanBe) {
  const Floats values = activations(1500);
  for (const std::string& name : all_codec_names()) {
    const CodecSpec spec = spec_of(name);
    const auto codec = make_codec(spec, 1);
    const auto size =
        static_cast<std::int64_t>(codec->encode(Span<const float>(values), {}).value().size());
    const std::int64_t told = codec->encoded_size(values.size()).count();
    EXPECT_LE(size, told) << name;
    if (!spec.zeros && !spec.lossless) {
      EXPECT_EQ(size, told) << name;
    }
  }
}

TEST(CodecTest, DecodesMessagesOfAnySpecAndReturnsTheBytesRead) {
  const Floats values = activations(300);
  const auto codec = make_codec(spec_of("none"), 1);
  for (const std::string& name : all_codec_names()) {
    const Message message = encode(spec_of(name), Span<const float>(values));
    Floats decoded(values.size());
    const auto read =
        codec->decode(Span<const std::uint8_t>(message), {9, 9}, Span<float>(decoded));
    ASSERT_TRUE(read.ok()) << name;
    EXPECT_EQ(read.value(), message.size());
    EXPECT_EQ(decoded, decode(message, values.size()));
  }
}

TEST(CodecTest, PassesErrorsOn) {
  const auto codec = make_codec(spec_of("suq4"), 1);
  const Floats bad{1.0F, NAN};
  EXPECT_EQ(codec->encode(Span<const float>(bad), {}).error().kind, ErrorKind::kUnsupported);
  Floats decoded(2);
  EXPECT_EQ(codec->decode({}, {}, Span<float>(decoded)).error().kind, ErrorKind::kCorrupt);
}

TEST(CodecTest, AsksForTheLinkOnceAMessageWhereItMatters) {
  std::vector<std::uint64_t> asked;
  // Stream 1 is a slow link, on which zstd pays; the others are fast.
  const LosslessRateSource rate = [&](TensorId id) {
    asked.push_back(id.message);
    return LosslessRate{BitsPerSecond(id.stream == 1 ? 1'000'000 : 100'000'000'000), 5.0, 2.0};
  };
  const Floats zeros(1000);
  const auto size = [&](TensorCodec& codec, TensorId id) {
    return codec.encode(Span<const float>(zeros), id).value().size();
  };
  const auto lossless = make_codec(spec_of("none-zstd"), 1, rate);
  EXPECT_LT(size(*lossless, {1, 10}), 4000U);
  EXPECT_GT(size(*lossless, {2, 11}), 4000U);
  EXPECT_LT(size(*lossless, {1, 12}), 4000U);
  EXPECT_THAT(asked, ::testing::ElementsAre(10, 11, 12));
  const auto plain = make_codec(spec_of("none"), 1, rate);
  size(*plain, {1, 13});
  EXPECT_EQ(asked.size(), 3U);
}

TEST(CodecTest, WithoutASourceEveryByteSavedCounts) {
  const Floats zeros(1000);
  const auto codec = make_codec(spec_of("none-zstd"), 1);
  EXPECT_LT(codec->encode(Span<const float>(zeros), {}).value().size(), 100U);
}

}  // namespace
}  // namespace acceptlab::compression
