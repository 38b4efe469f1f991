#include "app/codec_choice.h"

#include <gmock/gmock.h>

#include "runtime/base/result.h"

namespace acceptlab::app {
namespace {

using ::testing::HasSubstr;

CodecChoice scheme(const std::string& name) {
  CodecChoice choice;
  choice.scheme = name;
  return choice;
}

std::string error_of(const CodecChoice& choice) {
  try {
    choose_codec(choice);
  } catch (const ConfigError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no ConfigError";
  return {};
}

// The error of `name` with one more option.
template <typename Set>
std::string error_with(const std::string& name, Set set) {
  CodecChoice choice = scheme(name);
  set(choice);
  return error_of(choice);
}

TEST(CodecChoice, DefaultsToFourBits) {
  EXPECT_EQ(choose_codec(scheme("none")).name(), "none");
  EXPECT_EQ(choose_codec(scheme("fp16")).name(), "fp16");
  EXPECT_EQ(choose_codec(scheme("uniform")).name(), "uniform4");
  EXPECT_EQ(choose_codec(scheme("suq")).name(), "suq4");
  EXPECT_EQ(choose_codec(scheme("mbq")).name(), "mbq4");
}

TEST(CodecChoice, EveryOptionOfMbqReachesTheCodec) {
  CodecChoice choice = scheme("mbq");
  choice.bits = 2;
  choice.fit = "alternating";
  choice.cycles = 5;
  choice.offset = false;
  choice.group = 512;
  choice.zeros = choice.lossless = true;
  const compression::CodecSpec spec = choose_codec(choice);
  EXPECT_EQ(spec.name(), "mbq2-alternating5-no-offset-zeros-zstd");
  EXPECT_EQ(spec.group, 512);
}

TEST(CodecChoice, EveryRangeReachesTheCodec) {
  CodecChoice choice = scheme("suq");
  choice.seed = 7;
  const auto name_with = [&](const std::string& range) {
    choice.range = range;
    return choose_codec(choice).name();
  };
  EXPECT_EQ(name_with("minmax"), "suq4");
  EXPECT_EQ(name_with("clip"), "suq4-clip");
  EXPECT_EQ(name_with("relu6"), "suq4-relu6");
  EXPECT_EQ(name_with("-1.5:2e-3"), "suq4-range(-1.5:0.002)");
}

TEST(CodecChoice, TakesANameWithGroupAndSeed) {
  CodecChoice choice;
  choice.codec = "suq3-clip";
  choice.group = 64;
  choice.seed = 1;
  EXPECT_EQ(choose_codec(choice).name(), "suq3-clip");
  EXPECT_EQ(choose_codec(choice).group, 64);
  choice.bits = 3;
  EXPECT_THAT(error_of(choice), HasSubstr("--bits cannot be given with --codec"));
}

TEST(CodecChoice, WhatIsNotAllowedIsNamed) {
  EXPECT_THAT(error_of({}), HasSubstr("--scheme or --codec is required"));
  EXPECT_THAT(error_of(scheme("sum")),
              HasSubstr("--scheme: 'sum' is unknown; allowed: none, fp16, uniform, suq, mbq"));
  EXPECT_THAT(error_with("mbq", [](CodecChoice& c) { c.fit = "best"; }),
              HasSubstr("--fit: 'best' is unknown; allowed: greedy, refined, alternating"));
  EXPECT_THAT(error_with("mbq", [](CodecChoice& c) { c.bits = 9; }),
              HasSubstr("bits must be 1..8, have 9"));
  EXPECT_THAT(error_with("mbq", [](CodecChoice& c) { c.group = 12; }), HasSubstr("have 12"));
  CodecChoice named;
  named.codec = "mbq9";
  EXPECT_THAT(error_of(named), HasSubstr("codec \"mbq9\" is unknown"));
  for (const char* range : {"wide", "1:", ":1", "1:2:3", "0x:1", ""}) {
    EXPECT_THAT(error_with("suq", [&](CodecChoice& c) { c.range = range; }),
                HasSubstr("is not minmax, clip, relu6 or LOW:HIGH"))
        << range;
  }
  for (const char* range : {"1:1", "2:1", "nan:1", "0:inf"}) {
    EXPECT_THAT(error_with("suq", [&](CodecChoice& c) { c.range = range; }), HasSubstr("codec suq"))
        << range;
  }
}

TEST(CodecChoice, AnOptionWithoutEffectIsAnError) {
  EXPECT_THAT(error_with("fp16", [](CodecChoice& c) { c.bits = 16; }),
              HasSubstr("--bits has no effect on codec fp16, only on uniform, suq and mbq"));
  EXPECT_THAT(error_with("none", [](CodecChoice& c) { c.group = 0; }),
              HasSubstr("--group has no effect on codec none"));
  EXPECT_THAT(error_with("suq", [](CodecChoice& c) { c.fit = "refined"; }),
              HasSubstr("--fit has no effect on codec suq4, only on mbq"));
  EXPECT_THAT(error_with("mbq", [](CodecChoice& c) { c.cycles = 3; }),
              HasSubstr("--cycles has no effect on codec mbq4, only on mbq with --fit alt"));
  EXPECT_THAT(error_with("uniform", [](CodecChoice& c) { c.offset = true; }),
              HasSubstr("--offset has no effect on codec uniform4"));
  EXPECT_THAT(error_with("suq", [](CodecChoice& c) { c.offset = false; }),
              HasSubstr("--no-offset has no effect on codec suq4"));
  EXPECT_THAT(error_with("mbq", [](CodecChoice& c) { c.range = "minmax"; }),
              HasSubstr("--range has no effect on codec mbq4, only on uniform and suq"));
  EXPECT_THAT(error_with("uniform", [](CodecChoice& c) { c.seed = 0; }),
              HasSubstr("--seed has no effect on codec uniform4"));
}

}  // namespace
}  // namespace acceptlab::app
