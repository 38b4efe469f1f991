#include "app/lossless_rates.h"

#include <gtest/gtest.h>

#include "app/profiles.h"
#include "runtime/torch/stage.h"

namespace acceptlab::app {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units
using torch_stage::Direction;

// Two stages, on devices 0 and 2; device 2 is four times slower.
struct TwoStages {
  TwoStages() {
    scenario.devices.resize(3);
    scenario.devices[2].slowdown = 4.0;
    configs.resize(2);
    configs[0].device = DeviceId{0};
    configs[1].device = DeviceId{2};
    profiles.resize(3);
    for (DeviceProfile& profile : profiles) profile.codecs[kZstdSpeed] = {3.0, 1.0};
  }

  compression::LosslessRate rate(int stage, Direction direction) const {
    return lossless_rates(scenario, configs, profiles,
                          meter)(torch_stage::tensor_id(stage, direction, BatchKey{}));
  }
  // A kilobyte in a millisecond: 8 Mbit/s.
  void deliver(int from, int to, FrameKind kind) {
    meter.add(
        {DeviceId{from}, DeviceId{to}, kind, BatchKey{}, 1000_B, TimePoint(1ms), TimePoint(2ms)});
  }

  scenarios::Scenario scenario;
  std::vector<StageConfig> configs;
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

TEST(LosslessRates, CostNothingWhereAProfileDoesNotSay) {
  TwoStages run;
  run.profiles[0].codecs.clear();
  EXPECT_EQ(run.rate(0, Direction::kActivation).compress_ns_per_byte, 0.0);
  EXPECT_DOUBLE_EQ(run.rate(0, Direction::kActivation).decompress_ns_per_byte, 4.0);
}

}  // namespace
}  // namespace acceptlab::app
