#include "app/partition_problem.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "app/links.h"
#include "app/run_codecs.h"
#include "partition/planners.h"
#include "runtime/frame.h"

namespace acceptlab::app {
namespace {

using namespace std::chrono_literals;

// Two units on three devices, the last of which is three times slower.
struct Setting {
  Setting() {
    DeviceProfile profile;
    profile.batch_samples = 4;
    profile.units = {{"stem", {8, 8}, 64, 100, 1ms, 2ms, 0ms},
                     {"head", {10}, 10, 650, 500us, 1ms, 0ms}};
    profile.codecs["none"] = {1.0, 2.0};
    profiles.assign(3, profile);
    scenario.training.batch_samples = 4;
    scenario.devices.resize(3);
    scenario.devices[2].slowdown = 3.0;
    scenario.devices[1].memory_mb = 2.5;
    scenario.network.link.delay_ms = 2.0;
  }

  partition::Problem problem() const {
    const RunCodecs codecs = sizing_codecs(scenario);
    const std::unique_ptr<Forecaster> times = make_forecaster(scenario, profiles);
    return partition::with_times(partition_problem(scenario, profiles, codecs), *times);
  }

  scenarios::Scenario scenario;
  DeviceProfiles profiles;
};

TEST(PartitionProblemTest, HasTheForecastTimesOfEverySubModel) {
  const partition::Problem problem = Setting().problem();
  EXPECT_FALSE(partition::check(problem).has_value());
  ASSERT_EQ(problem.device_count(), 3);
  const partition::Device& slow = problem.devices[2];
  EXPECT_DOUBLE_EQ(slow.sub_model_times[0].forward_us, 3000.0);   // 1..1
  EXPECT_DOUBLE_EQ(slow.sub_model_times[1].backward_us, 9000.0);  // 1..2
  EXPECT_DOUBLE_EQ(slow.sub_model_times[3].forward_us, 1500.0);   // 2..2
  EXPECT_DOUBLE_EQ(problem.units[1].parameter_bytes, 2600.0);
  EXPECT_EQ(problem.devices[1].memory_bytes, 2.5e6);
  EXPECT_TRUE(problem.first_device_is_fixed);
}

TEST(PartitionProblemTest, MessagesHaveTheSizeThatCrosses) {
  Setting setting;
  const RunCodecs codecs = sizing_codecs(setting.scenario);
  EXPECT_EQ(
      setting.problem().units[0].activation_bytes,
      static_cast<double>(codecs[0].forward->encoded_size(4 * 64).count() + kFrameHeaderSize));
}

TEST(PartitionProblemTest, LinksHavePlanningRatesAndDelays) {
  Setting setting;
  scenarios::LinkOverride slow;
  slow.from = 1;
  slow.to = 2;
  slow.both = false;
  slow.link.bandwidth_mbit_s = 1.0;
  setting.scenario.network.links = {slow};
  const partition::Problem problem = setting.problem();
  for (const auto& [from, to] : {std::pair(0, 1), std::pair(1, 2), std::pair(2, 1)}) {
    EXPECT_EQ(problem.links[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)]
                  .bandwidth_bytes_per_s,
              static_cast<double>(planning_rate(setting.scenario, from, to).count()) / 8.0);
  }
  EXPECT_LT(problem.links[1][2].bandwidth_bytes_per_s, problem.links[2][1].bandwidth_bytes_per_s);
  EXPECT_EQ(problem.links[0][1].latency_us, 2000.0);
}

TEST(PartitionProblemTest, EachDirectionTakesTheRecordedTimesOfItsCodec) {
  Setting setting;
  setting.profiles[1].codecs["none"] = {2.0, 4.0};
  const partition::Problem problem = setting.problem();
  ASSERT_EQ(problem.codecs.size(), 1U);
  const partition::Codec& codec = problem.codecs[0];
  // 4 * 64 values there and as many back, each 1 ns to encode and 2 ns to decode.
  const partition::Unit& unit = problem.units[0];
  EXPECT_NEAR(codec.activation_time.encode_us_per_byte * unit.activation_bytes, 256e-3, 1e-9);
  EXPECT_NEAR(codec.activation_time.decode_us_per_byte * unit.activation_bytes, 512e-3, 1e-9);
  EXPECT_NEAR(codec.gradient_time.encode_us_per_byte * unit.gradient_bytes, 256e-3, 1e-9);
  EXPECT_NEAR(codec.gradient_time.decode_us_per_byte * unit.gradient_bytes, 512e-3, 1e-9);
  EXPECT_DOUBLE_EQ(problem.devices[0].codec_time_factor, 1.0);
  EXPECT_DOUBLE_EQ(problem.devices[1].codec_time_factor, 2.0);
  EXPECT_DOUBLE_EQ(problem.devices[2].codec_time_factor, 3.0);
}

TEST(PartitionProblemTest, CodecTimesThatOneProfileLacksAreNotCounted) {
  Setting setting;
  setting.profiles[1].codecs.clear();
  EXPECT_FALSE(knows_codec_times(setting.scenario, setting.profiles));
  EXPECT_TRUE(setting.problem().codecs.empty());
}

TEST(PartitionProblemTest, ASingleDeviceHasNoChoice) {
  Setting setting;
  setting.scenario.schedule.kind = scenarios::ScheduleKind::kSingle;
  setting.scenario.partition.mode = scenarios::DeviceOrder::kFixedAll;
  const partition::Problem problem = setting.problem();
  EXPECT_EQ(problem.device_count(), 1);
  EXPECT_TRUE(problem.links.empty());
}

TEST(PartitionProblemTest, AsksForWhatTheScenarioAsks) {
  Setting setting;
  setting.scenario.partition.mode = scenarios::DeviceOrder::kFree;
  setting.scenario.partition.objective = scenarios::PlanObjective::kMakespan;
  setting.scenario.training.micro_batches = 2;
  setting.scenario.partition.memory_factor = 3.0;
  const partition::Problem problem = setting.problem();
  EXPECT_EQ(problem.mode, partition::Mode::kFree);
  EXPECT_EQ(problem.objective, partition::Objective::kMakespan);
  EXPECT_EQ(problem.micro_batches, 2);
  EXPECT_EQ(problem.memory_factor, 3.0);
}

}  // namespace
}  // namespace acceptlab::app
