#include "compression/codec_spec.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "tests/compression/codec_fixtures.h"

namespace acceptlab::compression {
namespace {

using ::testing::HasSubstr;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(CodecSpecTest, EveryNameParsesToASpecOfThatName) {
  for (const std::string& name : all_codec_names()) {
    const auto spec = parse_codec(name, 64);
    ASSERT_TRUE(spec.ok()) << name;
    EXPECT_EQ(spec.value().name(), name);
    EXPECT_EQ(spec.value().group, 64);
  }
}

TEST(CodecSpecTest, APartOfANameSetsTheFieldItNames) {
  EXPECT_EQ(spec_of("none").bits, 32);
  EXPECT_EQ(spec_of("fp16").bits, 16);
  EXPECT_EQ(spec_of("suq8").scheme, Scheme::kSuq);
  EXPECT_EQ(spec_of("uniform3").bits, 3);
  EXPECT_EQ(spec_of("suq4").range, Range::kMinMax);
  EXPECT_EQ(spec_of("suq4-clip").range, Range::kClip);
  EXPECT_EQ(spec_of("suq4-relu6").high, 6.0F);
  EXPECT_EQ(spec_of("suq4-range(-1:2.5)").range, Range::kKnown);
  EXPECT_EQ(spec_of("suq4-range(-1:2.5)").low, -1.0F);
  EXPECT_EQ(spec_of("suq4-range(-1:2.5)").high, 2.5F);
  EXPECT_EQ(spec_of("mbq3").fit, Fit::kRefined);
  EXPECT_TRUE(spec_of("mbq3").offset);
  EXPECT_FALSE(spec_of("mbq3-no-offset").offset);
  EXPECT_EQ(spec_of("mbq3-greedy").fit, Fit::kGreedy);
  EXPECT_EQ(spec_of("mbq3-alternating12").fit, Fit::kAlternating);
  EXPECT_EQ(spec_of("mbq3-alternating12").cycles, 12);
  EXPECT_TRUE(spec_of("fp16-zeros").zeros);
  EXPECT_TRUE(spec_of("fp16-zstd").lossless);
  EXPECT_FALSE(spec_of("suq4").zeros || spec_of("suq4").lossless);
}

TEST(CodecSpecTest, PartsMayStandInAnyOrder) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> all{
      {"mbq4", {"greedy", "no-offset", "zeros", "zstd"}},
      {"suq4", {"range(-1:-0.5)", "zeros", "zstd"}},
      {"uniform1", {"clip", "zeros", "zstd"}},
      {"fp16", {"zeros", "zstd"}}};
  for (auto [scheme, parts] : all) {
    std::string canonical = scheme;
    for (const std::string& part : parts) canonical += "-" + part;
    do {
      std::string name = scheme;
      for (const std::string& part : parts) name += "-" + part;
      const auto spec = parse_codec(name);
      ASSERT_TRUE(spec.ok()) << name;
      EXPECT_EQ(spec.value().name(), canonical);
    } while (std::next_permutation(parts.begin(), parts.end()));
  }
}

TEST(CodecSpecTest, ARangeHasOneName) {
  EXPECT_EQ(spec_of("suq4-range(0:6)").name(), "suq4-relu6");
  EXPECT_EQ(spec_of("suq4-range(1e0:2.50)").name(), "suq4-range(1:2.5)");
  // As many digits as tell the float apart from its neighbours.
  EXPECT_EQ(spec_of("suq4-range(0.1:0.30000001)").name(), "suq4-range(0.1:0.3)");
  const float odd = std::nextafter(0.3F, 1.0F);
  CodecSpec spec = spec_of("suq4-relu6");
  spec.high = odd;
  EXPECT_EQ(spec_of(spec.name()).high, odd);
}

TEST(CodecSpecTest, OtherNamesAreRefusedWithWhatIsAllowed) {
  for (const char* name : {"",
                           "-",
                           "suq",
                           "suq0",
                           "suq9",
                           "suq04",
                           "suq4 ",
                           " suq4",
                           "SUQ4",
                           "fp32",
                           "fp16x",
                           "none8",
                           "uniform10",
                           "mbq-1",
                           "suq4-",
                           "suq4--zeros",
                           "-suq4",
                           "zeros-suq4",
                           "suq4-no-offset",
                           "suq4-greedy",
                           "mbq4-clip",
                           "mbq4-relu6",
                           "none-clip",
                           "fp16-greedy",
                           "mbq4-no",
                           "mbq4-offset",
                           "mbq4-no-no-offset-offset",
                           "mbq4-alternating",
                           "mbq4-alternating2x",
                           "mbq4-alternating-2",
                           "mbq4-alternating 2",
                           "mbq4-refined",
                           "suq4-range",
                           "suq4-range()",
                           "suq4-range(:)",
                           "suq4-range(1)",
                           "suq4-range(1:2",
                           "suq4-range 1:2",
                           "suq4-range(1:2)x",
                           "suq4-range(1;2)",
                           "suq4-range(1:2:3)",
                           "suq4-range():1)",
                           "suq4-range(a:b)",
                           "suq4-relu",
                           "suq4-Clip",
                           "suq4-zero",
                           "suq4-zstd1"}) {
    const auto spec = parse_codec(name);
    ASSERT_FALSE(spec.ok()) << name;
    EXPECT_EQ(spec.error().kind, ErrorKind::kConfig) << name;
    EXPECT_THAT(spec.error().message, HasSubstr("codec \"" + std::string(name) +
                                                "\" is unknown; allowed: none, fp16, uniform1..8"));
  }
}

TEST(CodecSpecTest, APartTwiceIsRefused) {
  for (const char* name : {"suq4-clip-clip", "suq4-zeros-zeros", "fp16-zstd-zeros-zstd",
                           "mbq4-greedy-greedy", "mbq4-no-offset-no-offset"}) {
    EXPECT_FALSE(parse_codec(name).ok()) << name;
  }
}

TEST(CodecSpecTest, TwoPartsThatSayDifferentThingsAreRefused) {
  for (const char* name : {"suq4-clip-relu6", "suq4-relu6-clip", "suq4-range(-1:1)-relu6",
                           "suq4-range(1:2)-range(3:4)", "mbq4-greedy-alternating3",
                           "mbq4-alternating2-alternating3"}) {
    EXPECT_FALSE(parse_codec(name).ok()) << name;
  }
}

TEST(CodecSpecTest, TheDefaultGroupIsTheSmallestWhoseScalesCostLittle) {
  for (const std::string& name : scheme_names()) {
    const CodecSpec spec = spec_of(name);
    const int group = group_of(spec);
    if (!is_quantizing(spec.scheme)) {
      EXPECT_EQ(group, 0);
      continue;
    }
    const double cost = 32.0 * scales_per_group(spec);
    EXPECT_LE(cost / group, 0.07) << name;
    EXPECT_TRUE(group == 1024 || cost / (group / 2) > 0.07) << name;
    EXPECT_EQ(group & (group - 1), 0) << name;
    EXPECT_EQ(group_of(spec_of(name, 40)), 40);
  }
}

TEST(CodecSpecTest, AGroupSendsTheScalesOfItsScheme) {
  EXPECT_EQ(scales_per_group(spec_of("none")), 0);
  EXPECT_EQ(scales_per_group(spec_of("suq4")), 2);
  EXPECT_EQ(scales_per_group(spec_of("uniform4-clip")), 2);
  EXPECT_EQ(scales_per_group(spec_of("suq4-relu6")), 0);
  EXPECT_EQ(scales_per_group(spec_of("mbq4")), 5);
  EXPECT_EQ(scales_per_group(spec_of("mbq4-greedy-no-offset")), 4);
}

TEST(CodecSpecTest, GroupsOutOfRangeAreRefused) {
  EXPECT_TRUE(parse_codec("suq4", 8).ok());
  EXPECT_TRUE(parse_codec("suq4", kMaxGroup).ok());
  for (const int group : {-8, 1, 7, 9, 1023, kMaxGroup + 8}) {
    const auto spec = parse_codec("suq4", group);
    ASSERT_FALSE(spec.ok()) << group;
    EXPECT_EQ(spec.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(spec.error().message, HasSubstr("codec suq4: group must be a multiple of 8"));
    EXPECT_THAT(spec.error().message, HasSubstr("have " + std::to_string(group)));
  }
}

TEST(CodecSpecTest, BitsOutOfRangeAreRefused) {
  const auto error_of = [](Scheme scheme, int bits) {
    CodecSpec spec;
    spec.scheme = scheme;
    spec.bits = bits;
    return check_spec(spec);
  };
  EXPECT_FALSE(error_of(Scheme::kSuq, 8));
  EXPECT_THAT(error_of(Scheme::kSuq, 9)->message, HasSubstr("bits must be 1..8, have 9"));
  EXPECT_THAT(error_of(Scheme::kMbq, 0)->message, HasSubstr("bits must be 1..8, have 0"));
  EXPECT_THAT(error_of(Scheme::kFp16, 8)->message, HasSubstr("bits must be 16, have 8"));
  EXPECT_THAT(error_of(Scheme::kNone, 8)->message, HasSubstr("bits must be 32, have 8"));
}

TEST(CodecSpecTest, CyclesOutOfRangeAreRefused) {
  EXPECT_TRUE(parse_codec("mbq4-alternating1").ok());
  EXPECT_TRUE(parse_codec("mbq4-alternating100").ok());
  EXPECT_THAT(parse_codec("mbq4-alternating0").error().message, HasSubstr("cycles must be 1..100"));
  EXPECT_THAT(parse_codec("mbq4-alternating101").error().message, HasSubstr("have 101"));
}

TEST(CodecSpecTest, ARangeMustGoUpAndStayWithinMagnitudes) {
  CodecSpec spec = spec_of("suq4-relu6");
  const auto refused = [&](float low, float high) {
    spec.low = low;
    spec.high = high;
    const auto error = check_spec(spec);
    return error && error->kind == ErrorKind::kConfig;
  };
  EXPECT_FALSE(refused(-kMaxMagnitude, kMaxMagnitude));
  EXPECT_FALSE(refused(0.0F, kMinRange));
  EXPECT_TRUE(refused(2.0F, 1.0F));
  EXPECT_TRUE(refused(1.0F, 1.0F));
  EXPECT_TRUE(refused(0.0F, kMinRange / 2));
  EXPECT_TRUE(refused(0.0F, 2 * kMaxMagnitude));
  EXPECT_TRUE(refused(-kInfinity, 0.0F));
  EXPECT_TRUE(refused(NAN, 1.0F));
  EXPECT_TRUE(refused(0.0F, NAN));
  EXPECT_FALSE(parse_codec("suq4-range(0:inf)").ok());
  EXPECT_FALSE(parse_codec("suq4-range(nan:1)").ok());
}

TEST(CodecSpecTest, FieldsThatASchemeDoesNotUseAreNotChecked) {
  CodecSpec spec;
  spec.group = -1;
  spec.cycles = -1;
  spec.low = NAN;
  EXPECT_FALSE(check_spec(spec));
}

TEST(CodecSpecTest, DefaultsByDirectionAreGood) {
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    EXPECT_FALSE(check_spec(default_for_activations(bits)));
    EXPECT_FALSE(check_spec(default_for_gradients(bits)));
    EXPECT_EQ(default_for_activations(bits).name(), "mbq" + std::to_string(bits));
    EXPECT_EQ(default_for_gradients(bits).name(), "suq" + std::to_string(bits));
  }
}

}  // namespace
}  // namespace acceptlab::compression
