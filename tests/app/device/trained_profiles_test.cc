#include "app/device/trained_profiles.h"

#include <gtest/gtest.h>

namespace acceptlab::app {
namespace {

// Three units of 100, 10 and 1 values, 1 ms of update each.
DeviceProfile profile() {
  DeviceProfile profile;
  profile.batch_samples = 2;
  for (const int values : {100, 10, 1}) {
    UnitProfile unit;
    unit.output_values = values;
    unit.forward = unit.backward = unit.update = from_milliseconds(1);
    profile.units.push_back(unit);
  }
  profile.codecs["mbq4"] = {10.0, 1.0};
  profile.codecs["suq8"] = {20.0, 2.0};
  profile.codecs["fp16"] = {3.0, 3.0};
  return profile;
}

scenarios::Scenario scenario() {
  scenarios::Scenario scenario;
  scenario.codec.forward = "mbq4";
  scenario.codec.backward = "suq8";
  return scenario;
}

TEST(AsInTraining, TakesTheStageAsItWas) {
  results::StageTimes times;
  times.forward = from_milliseconds(5);
  times.backward = from_milliseconds(7);
  times.update = from_milliseconds(2);
  times.between = from_milliseconds(1);
  // Gradients of 200 values at 20 ns and activations of 20 at 10 ns are encoded: 4,200 ns.
  times.encode = Duration(8'400);
  // Activations of 200 values at 1 ns and gradients of 20 at 2 ns are decoded: 240 ns.
  times.decode = Duration(60);
  const UnitRange stage{1, 2};
  const DeviceProfile trained = as_in_training(profile(), stage, times, scenario());
  EXPECT_EQ(trained.time(stage).forward, times.forward);
  EXPECT_EQ(trained.time(stage).backward, times.backward);
  EXPECT_EQ(trained.time({0, 1}).forward, from_milliseconds(1));
  EXPECT_EQ(trained.update_time(stage), from_milliseconds(3));
  EXPECT_DOUBLE_EQ(trained.codecs.at("mbq4").encode_ns_per_value, 20.0);
  EXPECT_DOUBLE_EQ(trained.codecs.at("suq8").encode_ns_per_value, 40.0);
  EXPECT_DOUBLE_EQ(trained.codecs.at("suq8").decode_ns_per_value, 0.5);
  EXPECT_DOUBLE_EQ(trained.codecs.at("fp16").encode_ns_per_value, 6.0);
}

TEST(AsInTraining, LeavesWhatWasNotMeasured) {
  results::StageTimes times;
  times.forward = times.backward = from_milliseconds(5);
  const DeviceProfile trained = as_in_training(profile(), {0, 3}, times, scenario());
  EXPECT_EQ(trained.update_time({0, 3}), from_milliseconds(3));
  EXPECT_DOUBLE_EQ(trained.codecs.at("mbq4").encode_ns_per_value, 10.0);
}

TEST(Variation, IsWhatEveryMiniBatchTookMore) {
  results::StageTimes usual;
  usual.forward = from_milliseconds(10);
  usual.backward = from_milliseconds(20);
  usual.update = usual.between = from_milliseconds(1);
  results::StageRecord record;
  record.batches.resize(2);
  record.batches[1].forward = from_milliseconds(15);
  record.batches[1].backward = from_milliseconds(10);
  record.batches[1].update = from_milliseconds(2);
  record.batches[1].encode = from_milliseconds(3);
  const std::vector<sim::CostFactors> factors = variation(record, usual);
  ASSERT_EQ(factors.size(), 2U);
  EXPECT_DOUBLE_EQ(factors[1].forward, 1.5);
  EXPECT_DOUBLE_EQ(factors[1].backward, 0.5);
  EXPECT_DOUBLE_EQ(factors[1].update, 1.5);   // what passes between takes its usual time
  EXPECT_DOUBLE_EQ(factors[1].encode, 1.0);   // there is none usually
  EXPECT_DOUBLE_EQ(factors[0].forward, 1.0);  // not measured
}

}  // namespace
}  // namespace acceptlab::app
