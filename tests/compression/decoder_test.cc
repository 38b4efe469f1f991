#include "compression/decoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "compression/simd_target.h"
#include "tests/compression/codec_fixtures.h"
#include "tests/compression/message_surgery.h"

// What is refused: corruption_test.cc and crafted_message_test.cc.
namespace acceptlab::compression {
namespace {

using Floats = std::vector<float>;

Result<TensorInfo> decode_with(Decoder& decoder, const Message& message, Floats& values) {
  return decoder.decode(Span<const std::uint8_t>(message), Span<float>(values));
}

TEST(DecoderTest, RestoresShapeAndDType) {
  const Shape shape{4, {2, 3, 1, 7}};
  const Floats values = normal_values(42);
  Decoder decoder;
  for (const DType dtype : {DType::kFloat32, DType::kFloat16}) {
    for (const std::string& name : all_codec_names()) {
      const auto message =
          Encoder(spec_of(name), 1).encode(Span<const float>(values), shape, {}, dtype);
      Floats decoded(42);
      const auto info = decode_with(decoder, message.value(), decoded);
      ASSERT_TRUE(info.ok()) << name;
      EXPECT_EQ(info.value().shape.rank, 4);
      EXPECT_EQ(info.value().shape.dims, shape.dims);
      EXPECT_EQ(info.value().dtype, dtype);
      EXPECT_EQ(info.value().message_bytes, message.value().size());
    }
  }
}

TEST(DecoderTest, AScalarIsOneValueOfRankZero) {
  const Floats values{1.25F};
  const auto message = Encoder(spec_of("none")).encode(Span<const float>(values), Shape{}, {});
  EXPECT_EQ(message.value().size(), 32U + 4 + 4);
  EXPECT_EQ(decode(message.value(), 1), values);
}

TEST(DecoderTest, EmptyTensorsAreMessagesToo) {
  Decoder decoder;
  Floats none;
  for (const std::string& name : all_codec_names()) {
    for (const Shape& shape : {Shape::vector(0), Shape{3, {4, 0, 7}}}) {
      const auto message = Encoder(spec_of(name), 1).encode({}, shape, {});
      ASSERT_TRUE(message.ok()) << name;
      const auto info = decode_with(decoder, message.value(), none);
      ASSERT_TRUE(info.ok()) << name << ": " << info.error().message;
      EXPECT_EQ(info.value().values, 0U);
    }
  }
}

TEST(DecoderTest, NeedsNothingButTheMessage) {
  const Floats values = activations(1500);
  Decoder decoder;
  Floats decoded(values.size());
  for (const std::string& name : all_codec_names()) {
    const Message message = encode(spec_of(name), Span<const float>(values));
    ASSERT_TRUE(decode_with(decoder, message, decoded).ok()) << name;
    EXPECT_EQ(decoded, decode(message, values.size())) << name << " after other messages";
  }
}

TEST(DecoderTest, GoesOnAfterAMessageThatItRefused) {
  const Message good = encode(spec_of("suq4-zeros-zstd"), Span<const float>(activations(500)));
  Message bad = good;
  bad[60] ^= 1;
  Decoder decoder;
  Floats decoded(500);
  EXPECT_FALSE(decode_with(decoder, bad, decoded).ok());
  EXPECT_FALSE(decode_with(decoder, resealed(bad), decoded).ok());
  ASSERT_TRUE(decode_with(decoder, good, decoded).ok());
  EXPECT_EQ(decoded, decode(good, 500));
}

TEST(DecoderTest, TheLimitOnValuesIsItsOwn) {
  const Message message = encode(spec_of("suq4"), Span<const float>(normal_values(100)));
  Floats decoded(100);
  Decoder enough({100});
  Decoder less({99});
  EXPECT_TRUE(decode_with(enough, message, decoded).ok());
  const auto refused = decode_with(less, message, decoded);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kCorrupt);
}

TEST(DecoderTest, EveryInstructionSetGivesTheSameBytesAndFloats) {
  const Floats values = activations(3000);
  const std::vector<std::string> targets = simd_targets();
  for (const std::string& name : all_codec_names()) {
    const Message message = encode(spec_of(name), Span<const float>(values));
    const Floats decoded = decode(message, values.size());
    for (const std::string& target : targets) {
      ASSERT_TRUE(use_simd_target(target));
      EXPECT_EQ(encode(spec_of(name), Span<const float>(values)), message) << name << target;
      const Floats other = decode(message, values.size());
      EXPECT_EQ(std::memcmp(other.data(), decoded.data(), 4 * other.size()), 0) << name << target;
    }
    use_simd_target("");
  }
}

TEST(DecoderTest, AMovedDecoderGoesOn) {
  Decoder first;
  Decoder second = std::move(first);
  Floats decoded(10);
  EXPECT_TRUE(
      decode_with(second, encode(spec_of("mbq4"), Span<const float>(normal_values(10))), decoded)
          .ok());
}

}  // namespace
}  // namespace acceptlab::compression
