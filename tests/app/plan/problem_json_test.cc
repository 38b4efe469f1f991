#include "app/plan/problem_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::app {
namespace {

using namespace partition;  // NOLINT(google-build-using-namespace)
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

json small() {
  return json::parse(R"({
    "units": [
      {"forward_us": 10, "backward_us": 20, "activation_bytes": 400, "gradient_bytes": 300,
       "parameter_bytes": 1000},
      {"name": "head", "forward_us": 5.5, "backward_us": 6, "activation_bytes": 0,
       "gradient_bytes": 0, "parameter_bytes": 2000}],
    "devices": [
      {"bandwidth_bytes_per_s": 1e6},
      {"name": "board", "time_factor": 2, "bandwidth_bytes_per_s": null, "memory_bytes": 5e4}]})");
}

PlanInput read(const json& problem) { return problem_from_json(problem.dump(), "p.json"); }

std::string error_of(const json& problem) {
  try {
    (void)read(problem);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

std::string error_with(const std::string& pointer, const json& value) {
  json problem = small();
  problem[json::json_pointer(pointer)] = value;
  return error_of(problem);
}

std::string error_without(const std::string& parent, const std::string& key) {
  json problem = small();
  problem[json::json_pointer(parent)].erase(key);
  return error_of(problem);
}

TEST(ProblemJsonTest, FillsInNamesAndDefaults) {
  const PlanInput input = read(small());
  const Problem& p = input.problem;
  EXPECT_EQ(input.name, "p.json");
  EXPECT_THAT(input.warnings, IsEmpty());
  ASSERT_EQ(p.unit_count(), 2);
  EXPECT_EQ(p.units[0].name, "u1");
  EXPECT_EQ(p.units[1].name, "head");
  EXPECT_EQ(p.units[0].time.backward_us, 20.0);
  EXPECT_EQ(p.units[0].gradient_bytes, 300.0);
  EXPECT_EQ(p.units[1].parameter_bytes, 2000.0);
  ASSERT_EQ(p.device_count(), 2);
  EXPECT_EQ(p.devices[0].name, "d0");
  EXPECT_EQ(p.devices[0].time_factor, 1.0);
  EXPECT_EQ(p.devices[0].bandwidth_bytes_per_s, 1e6);
  EXPECT_FALSE(p.devices[0].memory_bytes.has_value());
  EXPECT_EQ(p.devices[1].time_factor, 2.0);
  EXPECT_FALSE(p.devices[1].bandwidth_bytes_per_s.has_value());
  EXPECT_EQ(p.devices[1].memory_bytes, 5e4);
  EXPECT_THAT(p.links, IsEmpty());
  EXPECT_THAT(p.codecs, IsEmpty());
  EXPECT_EQ(p.mode, Mode::kFixedSkip);
  EXPECT_EQ(p.objective, Objective::kBottleneck);
  EXPECT_EQ(p.duplex, Duplex::kHalf);
  EXPECT_EQ(p.stash, Stash::kNone);
  EXPECT_EQ(p.memory_factor, 4.0);
  EXPECT_FALSE(p.first_device_is_fixed);
}

TEST(ProblemJsonTest, ReadsEverySetting) {
  json problem = small();
  problem.update(json::parse(R"({"name": "two", "mode": "free", "objective": "makespan",
    "duplex": "full", "stash": "per_stage", "memory_factor": 3, "micro_batches": 8,
    "first_device_is_fixed": true, "quality_budget": 1.5})"));
  problem["units"][0]["stash_bytes"] = 77;
  problem["devices"][1]["codec_time_factor"] = 3;
  problem["devices"][0]["latency_us"] = 12;
  const PlanInput input = read(problem);
  const Problem& p = input.problem;
  EXPECT_EQ(input.name, "two");
  EXPECT_EQ(p.mode, Mode::kFree);
  EXPECT_EQ(p.objective, Objective::kMakespan);
  EXPECT_EQ(p.duplex, Duplex::kFull);
  EXPECT_EQ(p.stash, Stash::kPerStage);
  EXPECT_EQ(p.memory_factor, 3.0);
  EXPECT_EQ(p.micro_batches, 8);
  EXPECT_TRUE(p.first_device_is_fixed);
  EXPECT_EQ(p.quality_budget, 1.5);
  EXPECT_EQ(p.units[0].stash_bytes, 77.0);
  EXPECT_EQ(p.devices[1].codec_time_factor, 3.0);
  EXPECT_EQ(p.devices[0].latency_us, 12.0);
}

TEST(ProblemJsonTest, ACompressionRatioIsOneCodec) {
  json problem = small();
  problem["compression_ratio"] = 8;
  const Problem p = read(problem).problem;
  ASSERT_EQ(p.codecs.size(), 1U);
  EXPECT_EQ(p.codecs[0].name, "ratio 8");
  EXPECT_EQ(p.codecs[0].activation_ratio, 8.0);
  EXPECT_EQ(p.codecs[0].gradient_ratio, 8.0);
  problem["compression_ratio"] = 1.0;
  EXPECT_THAT(read(problem).problem.codecs, IsEmpty());
}

TEST(ProblemJsonTest, ReadsCodecs) {
  json problem = small();
  problem["codecs"] = json::parse(R"([{"name": "none"},
    {"compression_ratio": 4, "encode_us_per_byte": 0.1, "decode_us_per_byte": 0.2,
     "quality_cost": 2}, {"activation_ratio": 8, "gradient_ratio": 3}])");
  const Problem p = read(problem).problem;
  ASSERT_EQ(p.codecs.size(), 3U);
  EXPECT_EQ(p.codecs[0].name, "none");
  EXPECT_EQ(p.codecs[0].activation_ratio, 1.0);
  EXPECT_EQ(p.codecs[1].name, "c1");
  EXPECT_EQ(p.codecs[1].gradient_ratio, 4.0);
  EXPECT_EQ(p.codecs[1].activation_time.encode_us_per_byte, 0.1);
  EXPECT_EQ(p.codecs[1].gradient_time.decode_us_per_byte, 0.2);
  EXPECT_EQ(p.codecs[1].quality_cost, 2.0);
  EXPECT_EQ(p.codecs[2].activation_ratio, 8.0);
  EXPECT_EQ(p.codecs[2].gradient_ratio, 3.0);
}

TEST(ProblemJsonTest, SubModelsThatAreNotListedTakeTheSumOfTheirUnits) {
  json problem = small();
  problem["devices"][1]["sub_model_times"] =
      json::parse(R"([{"first_unit": 2, "last_unit": 2, "forward_us": 1, "backward_us": 2}])");
  const Device device = read(problem).problem.devices[1];
  ASSERT_EQ(device.sub_model_times.size(), 4U);
  EXPECT_EQ(device.sub_model_times[0].forward_us, 20.0);  // time_factor 2
  EXPECT_EQ(device.sub_model_times[1].forward_us, 31.0);
  EXPECT_EQ(device.sub_model_times[1].backward_us, 52.0);
  EXPECT_EQ(device.sub_model_times[3].forward_us, 1.0);
  EXPECT_EQ(device.sub_model_times[3].backward_us, 2.0);
}

TEST(ProblemJsonTest, ADeviceMayHaveTimesOfItsOwn) {
  json problem = small();
  problem["devices"][0]["unit_times"] =
      json::parse(R"([{"forward_us": 1, "backward_us": 2}, {"forward_us": 3, "backward_us": 4}])");
  EXPECT_EQ(read(problem).problem.devices[0].unit_times[1].backward_us, 4.0);
  problem["devices"][0]["time_factor"] = 2;
  EXPECT_THAT(error_of(problem), StartsWith("p.json: devices[0].time_factor must not be given"));
  problem["devices"][0].erase("time_factor");
  problem["devices"][0]["unit_times"].erase(1);
  EXPECT_EQ(error_of(problem),
            "p.json: devices[0].unit_times must have an entry for each of the 2 units, has 1");
}

TEST(ProblemJsonTest, PairsWithoutALinkHaveTheSlowerOfTheirDevicesOwn) {
  json problem = small();
  problem["devices"].push_back(
      json::parse(R"({"name": "far", "bandwidth_bytes_per_s": 5e5, "latency_us": 9})"));
  problem["links"] = json::parse(R"([{"from": "board", "to": "far",
    "bandwidth_bytes_per_s": 2e6, "latency_us": 3, "one_way": true}])");
  const Problem p = read(problem).problem;
  ASSERT_EQ(p.links.size(), 3U);
  EXPECT_EQ(p.links[1][2].bandwidth_bytes_per_s, 2e6);
  EXPECT_EQ(p.links[1][2].latency_us, 3.0);
  EXPECT_EQ(p.links[2][1].bandwidth_bytes_per_s, 5e5);
  EXPECT_EQ(p.links[2][1].latency_us, 9.0);
  EXPECT_EQ(p.links[0][1].bandwidth_bytes_per_s, 1e6);
  EXPECT_EQ(p.links[0][2].bandwidth_bytes_per_s, 5e5);
}

TEST(ProblemJsonTest, DevicesNeedNoLinkOfTheirOwnWhereEveryPairHasOne) {
  json problem = small();
  problem["devices"][0].erase("bandwidth_bytes_per_s");
  problem["devices"][1].erase("bandwidth_bytes_per_s");
  problem["links"] = json::array();
  EXPECT_EQ(error_of(problem),
            "p.json: devices[0].bandwidth_bytes_per_s is missing, and links has none from 'd0' to "
            "'board'");
  problem["links"] = json::parse(R"([{"from": "d0", "to": "board", "bandwidth_bytes_per_s": 7}])");
  EXPECT_EQ(read(problem).problem.links[1][0].bandwidth_bytes_per_s, 7.0);
}

TEST(ProblemJsonTest, BadLinksAreRefused) {
  const auto error = [](const char* links) { return error_with("/links", json::parse(links)); };
  EXPECT_EQ(error(R"([{"from": "d0", "to": "bord", "bandwidth_bytes_per_s": 1}])"),
            "p.json: links[0].to must be the name of one of the devices, got 'bord'; did you mean "
            "'board'?");
  EXPECT_EQ(error(R"([{"from": "d0", "to": "d0", "bandwidth_bytes_per_s": 1}])"),
            "p.json: links[0].to must be another device than from");
  EXPECT_EQ(error(R"([{"from": "d0", "to": "board"}])"),
            "p.json: links[0].bandwidth_bytes_per_s is missing (null: the link costs nothing)");
  EXPECT_EQ(error(R"([{"from": "d0", "to": "board", "bandwidth_bytes_per_s": 1},
                      {"from": "board", "to": "d0", "bandwidth_bytes_per_s": 1}])"),
            "p.json: links[1].from 'board' to 'd0' is listed already");
}

TEST(ProblemJsonTest, WithoutABandwidthALatencyDoesNotCountAndThatIsSaid) {
  json problem = small();
  problem["devices"][1]["latency_us"] = 50;
  const PlanInput input = read(problem);
  EXPECT_EQ(input.problem.devices[1].latency_us, 0.0);
  EXPECT_THAT(input.warnings,
              ElementsAre(HasSubstr("latency_us = 50 of device 'board' does not count")));
}

TEST(ProblemJsonTest, WhatIsMissingIsNamed) {
  EXPECT_EQ(error_without("", "units"), "p.json: units is missing");
  EXPECT_EQ(error_without("", "devices"), "p.json: devices is missing");
  for (const char* key :
       {"forward_us", "backward_us", "activation_bytes", "gradient_bytes", "parameter_bytes"}) {
    EXPECT_EQ(error_without("/units/1", key),
              std::string("p.json: units[1].") + key + " is missing");
  }
  EXPECT_EQ(error_without("/devices/1", "bandwidth_bytes_per_s"),
            "p.json: devices[1].bandwidth_bytes_per_s is missing (null: the device's link costs "
            "nothing)");
}

TEST(ProblemJsonTest, UnknownKeysAreRefusedWithTheNearestOne) {
  EXPECT_EQ(error_with("/duplx", "half"),
            "p.json: duplx is not a known key; did you mean 'duplex'?");
  EXPECT_EQ(error_with("/units/1/forward_ms", 3),
            "p.json: units[1].forward_ms is not a known key; did you mean 'forward_us'?");
  EXPECT_EQ(error_with("/devices/0/bandwith_bytes_per_s", 3),
            "p.json: devices[0].bandwith_bytes_per_s is not a known key; did you mean "
            "'bandwidth_bytes_per_s'?");
}

TEST(ProblemJsonTest, ValuesOutOfRangeAreRefusedWithRuleAndValue) {
  EXPECT_EQ(error_with("/units/0/forward_us", -1),
            "p.json: units[0].forward_us must be from 0 to 1e+18, got -1");
  EXPECT_EQ(error_with("/units/0/parameter_bytes", 1e300),
            "p.json: units[0].parameter_bytes must be from 0 to 1e+18, got 1e+300");
  EXPECT_EQ(error_with("/devices/0/bandwidth_bytes_per_s", 0),
            "p.json: devices[0].bandwidth_bytes_per_s must be above 0, at most 1e+18, got 0");
  EXPECT_THAT(error_with("/devices/0/time_factor", 0), HasSubstr("must be above 0"));
  EXPECT_THAT(error_with("/compression_ratio", -2), HasSubstr("compression_ratio must be above 0"));
  EXPECT_THAT(error_with("/micro_batches", 0),
              HasSubstr("micro_batches must be 1..1000000, got 0"));
  EXPECT_THAT(error_with("/micro_batches", 1.5), HasSubstr("must be a whole number, got 1.5"));
  EXPECT_EQ(error_with("/mode", "fre"),
            "p.json: mode must be one of fixed_all, fixed_skip, free; got 'fre'; did you mean "
            "'free'?");
  EXPECT_EQ(error_with("/units", json::array()), "p.json: units must not be empty");
  EXPECT_EQ(error_with("/devices", json::array()), "p.json: devices must not be empty");
}

TEST(ProblemJsonTest, ValuesOfAnotherTypeAreRefused) {
  EXPECT_EQ(error_with("/units/0/forward_us", "12"),
            "p.json: units[0].forward_us must be a number, got \"12\"");
  EXPECT_EQ(error_with("/units/0/forward_us", nullptr),
            "p.json: units[0].forward_us must be a number, got null");
  EXPECT_EQ(error_with("/units", 3), "p.json: units must be a list");
  EXPECT_EQ(error_with("/units/0", 3), "p.json: units[0] must be an object");
  EXPECT_EQ(error_with("/devices/0/name", 3), "p.json: devices[0].name must be a text");
  EXPECT_EQ(error_with("/first_device_is_fixed", 1),
            "p.json: first_device_is_fixed must be true or false");
  EXPECT_EQ(error_with("/mode", 1), "p.json: mode must be a text");
  EXPECT_EQ(error_of(json::array()), "p.json: it must be an object");
}

TEST(ProblemJsonTest, NumbersThatAreNotFiniteAreRefusedWithTheirPlace) {
  std::string text = small().dump();
  const auto error_for = [&](const std::string& value) {
    std::string bad = text;
    const std::string key = "\"backward_us\":20";
    bad.replace(bad.find(key), key.size(), "\"backward_us\":" + value);
    try {
      (void)problem_from_json(bad, "p.json");
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(error_for("NaN"), StartsWith("p.json: units[0].backward_us: 'NaN' is no JSON"));
  EXPECT_THAT(error_for("-Infinity"),
              StartsWith("p.json: units[0].backward_us: '-Infinity' is no JSON"));
  EXPECT_THAT(error_for("1e999"), StartsWith("p.json: units[0].backward_us: "));
}

TEST(ProblemJsonTest, NamesAreUnique) {
  EXPECT_EQ(error_with("/units/0/name", "head"),
            "p.json: units[1].name must be unique, but units[0] has the name 'head', too");
  EXPECT_EQ(error_with("/devices/1/name", "d0"),
            "p.json: devices[1].name must be unique, but devices[0] has the name 'd0', too");
  EXPECT_EQ(error_with("/devices/1/name", ""), "p.json: devices[1].name must not be empty");
}

TEST(ProblemJsonTest, SubModelsAreCheckedAgainstTheUnits) {
  const auto error = [](const char* times) {
    return error_with("/devices/0/sub_model_times", json::parse(times));
  };
  EXPECT_EQ(error(R"([{"first_unit": 1, "last_unit": 3, "forward_us": 1, "backward_us": 1}])"),
            "p.json: devices[0].sub_model_times[0].last_unit must be 1..2, got 3");
  EXPECT_EQ(error(R"([{"first_unit": 1, "last_unit": 2, "forward_us": 1, "backward_us": 1},
                      {"first_unit": 1, "last_unit": 2, "forward_us": 1, "backward_us": 1}])"),
            "p.json: devices[0].sub_model_times[1].first_unit 1..2 is listed twice");
}

TEST(ProblemJsonTest, RatiosAreGivenInOnePlace) {
  json problem = small();
  problem["codecs"] = json::parse(R"([{"compression_ratio": 2, "gradient_ratio": 3}])");
  EXPECT_THAT(error_of(problem), HasSubstr("codecs[0].gradient_ratio must not be given with"));
  problem["codecs"] = json::parse(R"([{"gradient_ratio": 3}])");
  problem["compression_ratio"] = 2;
  EXPECT_THAT(error_of(problem), HasSubstr("compression_ratio must not be given with codecs"));
}

TEST(ProblemJsonTest, AFileThatCannotBeReadIsNamed) {
  EXPECT_THROW((void)read_problem("nowhere/p.json"), ConfigError);
}

}  // namespace
}  // namespace acceptlab::app
