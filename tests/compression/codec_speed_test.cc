#include "compression/codec_speed.h"

#include <gtest/gtest.h>

#include "tests/compression/codec_fixtures.h"

namespace acceptlab::compression {
namespace {

TEST(CodecSpeedTest, GivesTimesPerValue) {
  const auto speed = measure_codec_speed(spec_of("suq4"), Span<const float>(normal_values(4096)));
  ASSERT_TRUE(speed.ok());
  EXPECT_GT(speed.value().encode_ns_per_value, 0.0);
  EXPECT_GT(speed.value().decode_ns_per_value, 0.0);
}

TEST(CodecSpeedTest, EightPlanesTakeLongerToFitThanOne) {
  const std::vector<float> values = normal_values(16384);
  const auto one = measure_codec_speed(spec_of("mbq1"), Span<const float>(values));
  const auto eight = measure_codec_speed(spec_of("mbq8"), Span<const float>(values));
  EXPECT_GT(eight.value().encode_ns_per_value, one.value().encode_ns_per_value);
}

TEST(CodecSpeedTest, RefusesWhatCannotBeEncoded) {
  const std::vector<float> nan{1.0F, NAN};
  EXPECT_EQ(measure_codec_speed(spec_of("suq4"), Span<const float>(nan)).error().kind,
            ErrorKind::kUnsupported);
  EXPECT_EQ(measure_codec_speed(spec_of("suq4"), {}).error().kind, ErrorKind::kConfig);
  EXPECT_EQ(measure_codec_speed({Scheme::kSuq, 9, 1024}, Span<const float>(nan)).error().kind,
            ErrorKind::kConfig);
}

}  // namespace
}  // namespace acceptlab::compression
