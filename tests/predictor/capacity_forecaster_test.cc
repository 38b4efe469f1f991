#include "predictor/capacity_forecaster.h"

#include <gmock/gmock.h>

#include "tests/predictor/profiles.h"

namespace acceptlab::predictor {
namespace {

using namespace literals;
using ::testing::HasSubstr;

// Totals 10, 20, 30 ms.
const DeviceProfile kCentral = profile_of({{4, 6}, {8, 12}, {10, 20}});

// By hand: 30 + 70 = 100 ms for units 2..3, which take the central node 50: capacity 2.
TEST(CapacityForecasterTest, OneMeasuredStageScalesTheCentralNodesUnits) {
  const CapacityForecaster forecaster(kCentral, {{DeviceId{1}, {1, 3}, {30ms, 70ms}}});
  EXPECT_DOUBLE_EQ(forecaster.capacity(DeviceId{1}), 2.0);
  expect_time(forecaster.predict(DeviceId{1}, {0, 2}), 24ms, 36ms);
  // Forward and backward share one factor: the measured split is not kept, the total is.
  expect_time(forecaster.predict(DeviceId{1}, {1, 3}), 36ms, 64ms);
}

TEST(CapacityForecasterTest, AFasterDeviceHasACapacityBelowOne) {
  const CapacityForecaster forecaster(kCentral, {{DeviceId{2}, {0, 1}, {1ms, 4ms}}});
  EXPECT_DOUBLE_EQ(forecaster.capacity(DeviceId{2}), 0.5);
  expect_time(forecaster.predict(DeviceId{2}, {0, 3}), 11ms, 19ms);
}

TEST(CapacityForecasterTest, ADeviceNotMeasuredIsThoughtEqual) {
  const CapacityForecaster forecaster(kCentral, {{DeviceId{1}, {0, 3}, {1s, 1s}}});
  expect_time(forecaster.predict(kCentralNode, {0, 3}), 22ms, 38ms);
  expect_time(forecaster.predict(DeviceId{2}, {1, 2}), 8ms, 12ms);
}

TEST(CapacityForecasterTest, TheNewestMeasurementCounts) {
  const CapacityForecaster forecaster(
      kCentral, {{DeviceId{1}, {0, 1}, {50ms, 50ms}}, {DeviceId{1}, {1, 2}, {10ms, 20ms}}});
  EXPECT_DOUBLE_EQ(forecaster.capacity(DeviceId{1}), 1.5);
}

TEST(CapacityForecasterTest, WhatIsObservedLaterReplacesWhatWasMeasured) {
  CapacityForecaster forecaster(kCentral, {{DeviceId{1}, {0, 1}, {10ms, 10ms}}});
  forecaster.observe(DeviceId{1}, {1, 2}, {40ms, 60ms});
  forecaster.observe(DeviceId{2}, {0, 1}, {2ms, 3ms});
  EXPECT_DOUBLE_EQ(forecaster.capacity(DeviceId{1}), 5.0);
  EXPECT_DOUBLE_EQ(forecaster.capacity(DeviceId{2}), 0.5);
  EXPECT_THAT(config_error([&] {
                forecaster.observe(DeviceId{1}, {1, 4}, {1ms, 1ms});
              }),
              HasSubstr("the model has units 1..3"));
}

TEST(CapacityForecasterTest, UsesUnitTimesEvenWhereASubModelWasMeasuredWhole) {
  DeviceProfile central = kCentral;
  central.sub_models[{1, 3}] = {1ms, 1ms};
  const CapacityForecaster forecaster(central, {{DeviceId{1}, {1, 3}, {30ms, 70ms}}});
  EXPECT_DOUBLE_EQ(forecaster.capacity(DeviceId{1}), 2.0);
  expect_time(forecaster.predict(DeviceId{1}, {1, 3}), 36ms, 64ms);
}

TEST(CapacityForecasterTest, RefusesMeasurementsThatGiveNoCapacity) {
  const auto error_of = [](const DeviceProfile& central, UnitRange units, StageTime time) {
    return config_error([&] { CapacityForecaster f(central, {{DeviceId{1}, units, time}}); });
  };
  EXPECT_THAT(error_of(kCentral, {1, 4}, {1ms, 1ms}),
              HasSubstr("measurement of units 2..4 on device 1: the model has units 1..3"));
  EXPECT_THAT(error_of(kCentral, {2, 2}, {1ms, 1ms}), HasSubstr("the model has units 1..3"));
  EXPECT_THAT(error_of(kCentral, {-1, 2}, {1ms, 1ms}), HasSubstr("the model has units 1..3"));
  EXPECT_THAT(error_of(kCentral, {0, 1}, {0ms, 0ms}), HasSubstr("the time must be positive"));
  EXPECT_THAT(error_of(kCentral, {0, 1}, {5ms, -1ms}), HasSubstr("the time must be positive"));
  EXPECT_THAT(error_of(profile_of({{0, 0}, {1, 1}}), {0, 1}, {1ms, 1ms}),
              HasSubstr("units 1..1 on device 1: the central node's time of them is 0"));
}

}  // namespace
}  // namespace acceptlab::predictor
