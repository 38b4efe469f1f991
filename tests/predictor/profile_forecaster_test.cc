#include "predictor/profile_forecaster.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/predictor/profiles.h"

namespace acceptlab::predictor {
namespace {

using namespace literals;
using ::testing::HasSubstr;

const DeviceProfile kCentral = profile_of({{1, 2}, {10, 20}, {100, 200}});

TEST(ProfileForecasterTest, EachDeviceHasItsOwnProfileAndSlowdown) {
  const DeviceProfile other = profile_of({{7, 7}, {3, 5}, {1, 1}});
  const ProfileForecaster forecaster({{kCentral}, {kCentral, 2.5}, {other}});
  expect_time(forecaster.predict(DeviceId{0}, {0, 3}), 111ms, 222ms);
  expect_time(forecaster.predict(DeviceId{0}, {1, 2}), 10ms, 20ms);
  expect_time(forecaster.predict(DeviceId{1}, {1, 3}), 275ms, 550ms);
  expect_time(forecaster.predict(DeviceId{2}, {0, 2}), 10ms, 12ms);
}

TEST(ProfileForecasterTest, ASubModelMeasuredWholeCountsMoreThanTheSum) {
  DeviceProfile profile = kCentral;
  profile.sub_models[{0, 2}] = {9ms, 17ms};
  const ProfileForecaster forecaster({{profile, 2.0}});
  expect_time(forecaster.predict(DeviceId{0}, {0, 2}), 18ms, 34ms);
  expect_time(forecaster.predict(DeviceId{0}, {0, 3}), 222ms, 444ms);
}

TEST(ProfileForecasterTest, AgreesWithTheProfileOnEveryRange) {
  const ProfileForecaster forecaster({{kCentral}});
  for (int begin = 0; begin < 3; ++begin) {
    for (int end = begin + 1; end <= 3; ++end) {
      const StageTime expected = kCentral.time({begin, end});
      expect_time(forecaster.predict(DeviceId{0}, {begin, end}), expected.forward,
                  expected.backward);
    }
  }
}

TEST(ProfileForecasterTest, RoundsToTheNearestNanosecond) {
  DeviceProfile profile = profile_of({{0, 0}});
  profile.units[0].forward = 3ns;
  profile.units[0].backward = 5ns;
  const ProfileForecaster forecaster({{profile, 1.25}});
  expect_time(forecaster.predict(DeviceId{0}, {0, 1}), 4ns, 6ns);  // 3.75, 6.25
}

TEST(ProfileForecasterTest, RefusesProfilesThatDoNotBelongTogether) {
  EXPECT_THAT(config_error([] { ProfileForecaster forecaster({}); }),
              HasSubstr("there are no devices"));
  EXPECT_THAT(config_error([] {
                ProfileForecaster forecaster({{kCentral}, {profile_of({{1, 1}})}});
              }),
              HasSubstr("profile of device 1 (test of 1 units, batch 8"));
  DeviceProfile other_batch = kCentral;
  other_batch.batch_samples = 16;
  EXPECT_THAT(config_error([&] {
                ProfileForecaster forecaster({{kCentral}, {other_batch}});
              }),
              HasSubstr("batch 16"));
  DeviceProfile other_width = kCentral;
  other_width.width = 0.5;
  EXPECT_THAT(config_error([&] {
                ProfileForecaster forecaster({{kCentral}, {other_width}});
              }),
              HasSubstr("width 0.5"));
}

TEST(ProfileForecasterTest, RefusesTimesAndSlowdownsOutOfRange) {
  for (const double slowdown : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THAT(config_error([&] {
                  ProfileForecaster forecaster({{kCentral, slowdown}});
                }),
                HasSubstr("slowdown of device 0 must be positive"));
  }
  EXPECT_THAT(config_error([] { ProfileForecaster forecaster({{profile_of({})}}); }),
              HasSubstr("profile of device \"test board\": it has no units"));
  EXPECT_THAT(config_error([] {
                ProfileForecaster forecaster({{profile_of({{1, 1}, {1, -2}})}});
              }),
              HasSubstr("negative time of unit 2: forward 1000000 ns, backward -2000000 ns"));
}

}  // namespace
}  // namespace acceptlab::predictor
