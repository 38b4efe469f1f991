#include "results/profile_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

using namespace acceptlab::literals;
using testing::HasSubstr;

constexpr const char* kGolden = R"({
  "format": "acceptlab-profile",
  "version": 1,
  "model": "mobilenetv2",
  "width": 0.5,
  "classes": 10,
  "batch_samples": 32,
  "device": "this host, one thread",
  "environment": {
    "isa": "AVX2",
    "threads": "1"
  },
  "units": [
    {
      "name": "stem",
      "output_shape": [
        16,
        32,
        32
      ],
      "output_values": 16384,
      "parameter_values": 464,
      "forward_ms": 1.234567,
      "backward_ms": 2.5,
      "update_ms": 1e-06
    },
    {
      "name": "head",
      "output_shape": [
        10
      ],
      "output_values": 10,
      "parameter_values": 0,
      "forward_ms": 0.25,
      "backward_ms": 0.5,
      "update_ms": 0.0
    }
  ],
  "sub_models": [
    {
      "first_unit": 1,
      "last_unit": 2,
      "forward_ms": 1.4,
      "backward_ms": 2.9
    }
  ],
  "codecs": {
    "mbq4": {
      "encode_ns_per_value": 0.125,
      "decode_ns_per_value": 0.0625
    }
  }
}
)";

DeviceProfile sample_profile() {
  DeviceProfile profile;
  profile.model = "mobilenetv2";
  profile.width = 0.5;
  profile.classes = 10;
  profile.batch_samples = 32;
  profile.device = "this host, one thread";
  profile.environment = {{"threads", "1"}, {"isa", "AVX2"}};
  profile.units = {{"stem", {16, 32, 32}, 16384, 464, 1234567ns, 2500us, 1ns},
                   {"head", {10}, 10, 0, 250us, 500us, 0ns}};
  profile.sub_models[UnitRange{0, 2}] = {1400us, 2900us};
  profile.codecs["mbq4"] = {0.125, 0.0625};
  return profile;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ProfileJsonTest, MatchesItsSchema) { EXPECT_EQ(profile_to_json(sample_profile()), kGolden); }

TEST(ProfileJsonTest, ReadsBackToTheNanosecond) {
  const auto read = profile_from_json(kGolden, "p.json");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const DeviceProfile& profile = read.value();
  EXPECT_EQ(profile.units[0].forward, 1234567ns);
  EXPECT_EQ(profile.units[0].update, 1ns);
  EXPECT_EQ(profile.time({0, 2}).backward, 2900us);
  EXPECT_EQ(profile.environment.at("isa"), "AVX2");
  EXPECT_EQ(profile.codecs.at("mbq4").decode_ns_per_value, 0.0625);
  EXPECT_EQ(profile_to_json(profile), kGolden);
}

TEST(ProfileJsonTest, OddTimesSurviveTheDetourOverMilliseconds) {
  DeviceProfile profile = sample_profile();
  for (const std::int64_t ns : {3, 333333333, 999999999, 86'399'999}) {
    profile.units[0].forward = Duration(ns * 1000 + 7);
    const auto read = profile_from_json(profile_to_json(profile), "p.json");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read.value().units[0].forward, profile.units[0].forward);
  }
}

TEST(ProfileJsonTest, AFileIsReplacedWhole) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "p.json";
  write_file(path, "old");
  ASSERT_TRUE(write_profile(sample_profile(), path).ok());
  EXPECT_EQ(content_of(path), kGolden);
  EXPECT_TRUE(read_profile(path).ok());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "p.json.tmp"));
}

struct Mistake {
  std::string name;
  std::string from;
  std::string to;
  std::string message;
};

class ProfileMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(ProfileMistakeTest, IsRefusedWithFileKeyAndRule) {
  const Mistake& mistake = GetParam();
  const auto read = profile_from_json(replaced(kGolden, mistake.from, mistake.to), "p.json");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kConfig);
  EXPECT_THAT(read.error().message, HasSubstr("p.json: "));
  EXPECT_THAT(read.error().message, HasSubstr(mistake.message));
}

INSTANTIATE_TEST_SUITE_P(
    All, ProfileMistakeTest,
    testing::Values(
        Mistake{"UnknownKey", "\"classes\"", "\"clases\"", "classes is missing"},
        Mistake{"ExtraKey", "\"width\": 0.5,", "\"width\": 0.5, \"depth\": 1,",
                "depth is not a known key"},
        Mistake{"ExtraKeyOfUnit", "\"name\": \"stem\",", "\"name\": \"stem\", \"flops\": 1,",
                "units[0].flops is not a known key"},
        Mistake{"KeyTwice", "\"classes\": 10,", "\"classes\": 10, \"classes\": 11,",
                "key 'classes' is given twice"},
        Mistake{"NegativeTime", "\"forward_ms\": 0.25", "\"forward_ms\": -0.25",
                "units[1].forward_ms must be 0..1000000000, got -0.25"},
        Mistake{"TimeIsNull", "\"forward_ms\": 0.25", "\"forward_ms\": null",
                "units[1].forward_ms must be a number, got null"},
        Mistake{"TimeIsNan", "\"forward_ms\": 0.25", "\"forward_ms\": NaN", "parse error"},
        Mistake{"TimeIsHuge", "\"forward_ms\": 0.25", "\"forward_ms\": 1e300",
                "units[1].forward_ms must be"},
        Mistake{"ShapeAndValuesDiffer", "\"output_values\": 16384", "\"output_values\": 16383",
                "units[0].output_values is 16383, but output_shape holds 16384 values"},
        Mistake{"ZeroInShape", "16,\n", "0,\n", "units[0].output_shape must be 1..1048576, got 0"},
        Mistake{"FractionInShape", "16,\n", "1.5,\n", "must be a whole number, got 1.5"},
        Mistake{"SubModelBeyondUnits", "\"last_unit\": 2", "\"last_unit\": 3",
                "sub_models[0].last_unit must be 1..2, got 3"},
        Mistake{"OtherFormat", "acceptlab-profile", "other", "must be 'acceptlab-profile'"},
        Mistake{"LaterVersion", "\"version\": 1", "\"version\": 2", "version must be 1..1, got 2"},
        Mistake{"NegativeCodecTime", "0.125", "-1", "codecs.mbq4.encode_ns_per_value must be"},
        Mistake{"EnvironmentNotText", "\"threads\": \"1\"", "\"threads\": 1",
                "environment.threads must be a text"},
        Mistake{"NotJson", "{", "[", "parse error"}),
    [](const auto& test) { return test.param.name; });

TEST(ProfileJsonTest, NoUnitsAreRefused) {
  DeviceProfile profile = sample_profile();
  profile.units.clear();
  profile.sub_models.clear();
  const auto read = profile_from_json(profile_to_json(profile), "p.json");
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("units must not be empty"));
}

TEST(ProfileJsonTest, ASubModelListedTwiceIsRefused) {
  const std::string entry =
      R"({"first_unit": 1, "last_unit": 2, "forward_ms": 1, "backward_ms": 1},)";
  const auto read =
      profile_from_json(replaced(kGolden, "\"sub_models\": [", "\"sub_models\": [" + entry), "p");
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("units 1..2 are listed twice"));
}

TEST(ProfileJsonTest, AMissingFileIsAnErrorThatNamesIt) {
  const auto read = read_profile("no/such/profile.json");
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("no/such/profile.json"));
}

}  // namespace
}  // namespace acceptlab::results
