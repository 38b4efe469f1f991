#include "compression/codec.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "compression/half.h"
#include "tests/compression/codec_fixtures.h"

namespace acceptlab::compression {
namespace {

using ::testing::HasSubstr;

constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kTiny = std::numeric_limits<float>::denorm_min();

class CodecTest : public ::testing::TestWithParam<std::string> {
 protected:
  CodecSpec spec(int group = 1024) const { return spec_of(GetParam(), group); }
};

// The size by the format's page, not by the code under test.
std::int64_t size_by_hand(const CodecSpec& spec, std::int64_t count) {
  std::int64_t scales = 0;
  if (spec.scheme == Scheme::kUniform || spec.scheme == Scheme::kSuq) scales = 2;
  if (spec.scheme == Scheme::kMbq) scales = spec.bits + (spec.offset ? 1 : 0);
  const std::int64_t groups = (count + spec.group - 1) / spec.group;
  return 20 + 4 * scales * groups + (count * spec.bits + 7) / 8 + 4;
}

TEST_P(CodecTest, SizesAreExactAroundGroupBoundaries) {
  const auto codec = make_codec(spec(), 1);
  const std::vector<float> values = normal_values(4097);
  std::vector<float> decoded(values.size());
  for (const std::size_t count :
       {0u, 1u, 2u, 7u, 8u, 9u, 1023u, 1024u, 1025u, 2047u, 2048u, 2049u, 4095u, 4096u, 4097u}) {
    const auto bytes = codec->encode(Span<const float>(values.data(), count), {});
    ASSERT_TRUE(bytes.ok());
    const auto size = static_cast<std::int64_t>(bytes.value().size());
    EXPECT_EQ(size, size_by_hand(spec(), static_cast<std::int64_t>(count))) << count;
    EXPECT_EQ(codec->encoded_size(count).count(), size) << count;
    const auto result =
        codec->decode(Span<const std::uint8_t>(bytes.value()), Span<float>(decoded.data(), count));
    ASSERT_TRUE(result.ok()) << count << ": " << result.error().message;
    EXPECT_EQ(result.value(), count);
  }
}

TEST_P(CodecTest, EverySizeFromOneToSeventyComesBackInSmallGroups) {
  const auto codec = make_codec(spec(16), 1);
  const std::vector<float> values = normal_values(70);
  for (std::size_t count = 1; count <= values.size(); ++count) {
    const std::vector<float> part(values.begin(),
                                  values.begin() + static_cast<std::ptrdiff_t>(count));
    const auto bytes = codec->encode(Span<const float>(part), {});
    ASSERT_TRUE(bytes.ok());
    std::vector<float> decoded(count);
    ASSERT_TRUE(codec->decode(Span<const std::uint8_t>(bytes.value()), decoded).ok());
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_LE(std::fabs(decoded[i] - part[i]), 6.0F) << "the range of these values is below 6";
    }
  }
}

TEST_P(CodecTest, AGroupOfEqualValuesIsExact) {
  for (const float value : {0.0F, 1.5F, -1024.0F, 0x1.0p-14F}) {
    // One bit of mbq without offset is a sign only: a constant group is exact there as well.
    const std::vector<float> values(100, value);
    EXPECT_EQ(round_trip(spec(), values), values) << value;
  }
}

TEST_P(CodecTest, ExtremesOfFloat32StayFinite) {
  const std::vector<std::vector<float>> tensors{
      {kLargest, -kLargest},        {kLargest, kLargest, kLargest, -kLargest},
      {kTiny, -kTiny, 0.0F},        {kTiny, kTiny},
      {kTiny, kLargest, -kLargest}, {-0.0F, 0.0F},
      {-kLargest, -kLargest, 0.0F}, {std::nextafter(kLargest, 0.0F), kLargest},
  };
  for (const auto& values : tensors) {
    const auto decoded = round_trip(spec(), values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_TRUE(std::isfinite(decoded[i])) << values[i];
    }
  }
}

TEST_P(CodecTest, NanAndInfinityAreRefusedWithIndexAndValue) {
  const auto codec = make_codec(spec(), 1);
  std::vector<float> values = normal_values(2000);
  values[1500] = -INFINITY;
  values[1700] = NAN;
  const auto infinite = codec->encode(Span<const float>(values), {});
  ASSERT_FALSE(infinite.ok());
  EXPECT_EQ(infinite.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(infinite.error().message, HasSubstr("value 1500 (from 0) of 2000 is -inf"));
  values[0] = NAN;
  const auto nan = codec->encode(Span<const float>(values), {});
  ASSERT_FALSE(nan.ok());
  EXPECT_THAT(nan.error().message, HasSubstr("value 0 (from 0) of 2000 is nan"));
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(AllCodecs, CodecTest, ::testing::ValuesIn(all_codec_names()), test_name);

// Not fp16, whose range is small.
TEST(ScaleTest, InputScaledByAPowerOfTwoGivesOutputScaledAlike) {
  const std::vector<float> values = normal_values(1000);
  for (const std::string& name : all_codec_names()) {
    if (name == "fp16") continue;
    const std::vector<float> decoded = round_trip(spec_of(name), values);
    for (const float factor : {0x1.0p-100F, 0x1.0p100F}) {
      std::vector<float> scaled = values;
      for (float& v : scaled) v *= factor;
      const std::vector<float> scaled_decoded = round_trip(spec_of(name), scaled);
      for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_EQ(scaled_decoded[i], decoded[i] * factor) << name;
      }
    }
  }
}

TEST(NoneTest, EveryBitOfAFloatComesBack) {
  std::vector<float> values{0.0F,   -0.0F,    1.0F,      kTiny,
                            -kTiny, kLargest, -kLargest, 0x1.fffffep-127F};
  Rng rng(1, "bits");
  while (values.size() < 5000) {
    const auto bits = static_cast<std::uint32_t>(rng.next());
    float value = 0.0F;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) values.push_back(value);
  }
  const std::vector<float> decoded = round_trip(spec_of("none"), values);
  EXPECT_EQ(std::memcmp(decoded.data(), values.data(), values.size() * sizeof(float)), 0);
}

TEST(Fp16Test, EachValueIsRoundedToHalf) {
  std::vector<float> values = normal_values(5000);
  values.insert(values.end(), {1e-7F, 6e-8F, 1e-9F, 65520.0F, -1e6F});
  const std::vector<float> decoded = round_trip(spec_of("fp16"), values);
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(decoded[i], from_half(to_half(values[i])));
}

}  // namespace
}  // namespace acceptlab::compression
