#include "compression/codec_spec.h"

#include <gmock/gmock.h>

#include "tests/compression/codec_fixtures.h"

namespace acceptlab::compression {
namespace {

using ::testing::HasSubstr;

TEST(CodecSpecTest, EveryNameParsesToASpecOfThatName) {
  for (const std::string& name : all_codec_names()) {
    const auto spec = parse_codec(name, 64);
    ASSERT_TRUE(spec.ok()) << name;
    EXPECT_EQ(spec.value().name(), name);
    EXPECT_EQ(spec.value().group, 64);
  }
}

TEST(CodecSpecTest, ANameSaysSchemeBitsAndOffset) {
  const CodecSpec spec = spec_of("mbq3-no-offset");
  EXPECT_EQ(spec.scheme, Scheme::kMbq);
  EXPECT_EQ(spec.bits, 3);
  EXPECT_FALSE(spec.offset);
  EXPECT_TRUE(spec_of("mbq3").offset);
  EXPECT_EQ(spec_of("suq8").scheme, Scheme::kSuq);
  EXPECT_EQ(spec_of("none").bits, 32);
  EXPECT_EQ(spec_of("fp16").bits, 16);
}

TEST(CodecSpecTest, OtherNamesAreRefusedWithWhatIsAllowed) {
  for (const char* name : {"", "suq", "suq0", "suq9", "suq04", "suq4 ", "SUQ4", "fp32", "fp16x",
                           "suq4-no-offset", "uniform10", "mbq-1"}) {
    const auto spec = parse_codec(name, 1024);
    ASSERT_FALSE(spec.ok()) << name;
    EXPECT_EQ(spec.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(spec.error().message, HasSubstr("codec \"" + std::string(name) +
                                                "\" is unknown; allowed: none, fp16, uniform1..8"));
  }
}

TEST(CodecSpecTest, GroupsOutOfRangeAreRefused) {
  EXPECT_TRUE(parse_codec("suq4", 1).ok());
  EXPECT_TRUE(parse_codec("suq4", kMaxGroup).ok());
  for (const int group : {0, -1, kMaxGroup + 1}) {
    const auto spec = parse_codec("suq4", group);
    ASSERT_FALSE(spec.ok());
    EXPECT_THAT(
        spec.error().message,
        HasSubstr("codec suq4: group must be 1..1048576 values, have " + std::to_string(group)));
  }
}

TEST(CodecSpecTest, BitsOutOfRangeAreRefused) {
  EXPECT_FALSE(check_spec({Scheme::kSuq, 8, 1024}));
  EXPECT_THAT(check_spec({Scheme::kSuq, 9, 1024})->message, HasSubstr("bits must be 1..8, have 9"));
  EXPECT_THAT(check_spec({Scheme::kFp16, 8, 1024})->message, HasSubstr("bits must be 16, have 8"));
}

}  // namespace
}  // namespace acceptlab::compression
