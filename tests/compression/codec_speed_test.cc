#include "compression/codec_speed.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/compression/codec_fixtures.h"

namespace acceptlab::compression {
namespace {

TEST(CodecSpeedTest, GivesTimesPerValue) {
  const auto speed = measure_codec_speed(spec_of("suq4"), Span<const float>(normal_values(65536)));
  ASSERT_TRUE(speed.ok());
  EXPECT_GT(speed.value().encode_ns_per_value, 0.0);
  EXPECT_GT(speed.value().decode_ns_per_value, 0.0);
  EXPECT_LT(speed.value().encode_ns_per_value, 1000.0) << "nanoseconds, not a message's time";
}

TEST(CodecSpeedTest, AlternatingFitsOfManyPlanesTakeLongerThanAGreedyOneOfOne) {
  const std::vector<float> values = normal_values(16384);
  const auto one = measure_codec_speed(spec_of("mbq1-greedy"), Span<const float>(values));
  const auto many = measure_codec_speed(spec_of("mbq8-alternating2"), Span<const float>(values));
  EXPECT_GT(many.value().encode_ns_per_value, one.value().encode_ns_per_value);
}

TEST(CodecSpeedTest, RefusesWhatCannotBeEncoded) {
  const std::vector<float> nan{1.0F, NAN};
  EXPECT_EQ(measure_codec_speed(spec_of("suq4"), Span<const float>(nan)).error().kind,
            ErrorKind::kUnsupported);
  EXPECT_EQ(measure_codec_speed(spec_of("suq4"), {}).error().kind, ErrorKind::kConfig);
  CodecSpec bad = spec_of("suq4");
  bad.bits = 9;
  EXPECT_EQ(measure_codec_speed(bad, Span<const float>(nan)).error().kind, ErrorKind::kConfig);
}

}  // namespace
}  // namespace acceptlab::compression
