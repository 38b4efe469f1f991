#include "app/lossless_rates.h"

#include <gtest/gtest.h>

#include "app/profiles.h"
#include "runtime/torch/stage.h"
#include "tests/fakes/scripted_replanner.h"

namespace acceptlab::app {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units
using torch_stage::Direction;

// Two stages, on devices 0 and 2; device 2 is four times slower.
struct TwoStages {
  TwoStages() {
    scenario.devices.resize(3);
    scenario.devices[2].slowdown = 4.0;
    profiles.resize(3);
    for (DeviceProfile& profile : profiles) profile.codecs[kZstdSpeed] = {3.0, 1.0};
  }

  compression::LosslessRate rate(int stage, Direction direction, std::uint32_t cut_term = 0) const {
    return lossless_rates(scenario, plans, profiles,
                          meter)(torch_stage::tensor_id(stage, direction, BatchKey{}, cut_term));
  }
  // A kilobyte in a millisecond: 8 Mbit/s.
  void deliver(int from, int to, FrameKind kind) {
    meter.add(
        {DeviceId{from}, DeviceId{to}, kind, BatchKey{}, 1000_B, TimePoint(1ms), TimePoint(2ms)});
  }

  scenarios::Scenario scenario;
  PlanHistory plans{fakes::plan_up_to({{0, 1}, {2, 2}})};
  DeviceProfiles profiles;
  LinkMeter meter;
};

TEST(LosslessRates, AreMeasuredOnTheWayOfTheMessage) {
  TwoStages run;
  EXPECT_EQ(run.rate(0, Direction::kActivation).link, BitsPerSecond(0));
  run.deliver(0, 2, FrameKind::kActivation);
  EXPECT_EQ(run.rate(0, Direction::kActivation).link, 8_Mbps);
  EXPECT_EQ(run.rate(1, Direction::kGradient).link, BitsPerSecond(0));
  run.deliver(2, 0, FrameKind::kGradient);
  EXPECT_EQ(run.rate(1, Direction::kGradient).link, 8_Mbps);
}

TEST(LosslessRates, CostWhatTheProfilesOfBothEndsSay) {
  const TwoStages run;
  EXPECT_DOUBLE_EQ(run.rate(0, Direction::kActivation).compress_ns_per_byte, 3.0);
  EXPECT_DOUBLE_EQ(run.rate(0, Direction::kActivation).decompress_ns_per_byte, 4.0);
  EXPECT_DOUBLE_EQ(run.rate(1, Direction::kGradient).compress_ns_per_byte, 12.0);
  EXPECT_DOUBLE_EQ(run.rate(1, Direction::kGradient).decompress_ns_per_byte, 1.0);
}

TEST(LosslessRates, FollowTheCutToOtherDevices) {
  TwoStages run;
  run.plans.add(1, fakes::plan_up_to({{0, 1}, {1, 2}}));
  run.deliver(0, 1, FrameKind::kActivation);
  EXPECT_EQ(run.rate(0, Direction::kActivation, 0).link, BitsPerSecond(0));
  EXPECT_EQ(run.rate(0, Direction::kActivation, 1).link, 8_Mbps);
  EXPECT_DOUBLE_EQ(run.rate(0, Direction::kActivation, 1).decompress_ns_per_byte, 1.0);
}

TEST(LosslessRates, CostNothingWhereAProfileDoesNotSay) {
  TwoStages run;
  run.profiles[0].codecs.clear();
  EXPECT_EQ(run.rate(0, Direction::kActivation).compress_ns_per_byte, 0.0);
  EXPECT_DOUBLE_EQ(run.rate(0, Direction::kActivation).decompress_ns_per_byte, 4.0);
}

}  // namespace
}  // namespace acceptlab::app
