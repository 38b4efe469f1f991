#include "predictor/equal_forecaster.h"

#include <gtest/gtest.h>

#include "tests/predictor/profiles.h"

namespace acceptlab::predictor {
namespace {

using namespace literals;

TEST(EqualForecasterTest, EveryDeviceHasTheCentralNodesTimes) {
  DeviceProfile central = profile_of({{1, 2}, {10, 20}, {100, 200}});
  central.sub_models[{1, 3}] = {105ms, 210ms};
  const EqualForecaster forecaster(central);
  for (const int device : {0, 1, 7}) {
    expect_time(forecaster.predict(DeviceId{device}, {0, 2}), 11ms, 22ms);
    expect_time(forecaster.predict(DeviceId{device}, {1, 3}), 105ms, 210ms);
  }
}

TEST(EqualForecasterTest, AllAreAsSlowAsTheCentralNode) {
  const EqualForecaster forecaster(profile_of({{1, 2}, {10, 20}}), 3.0);
  expect_time(forecaster.predict(DeviceId{1}, {0, 2}), 33ms, 66ms);
}

TEST(EqualForecasterTest, RefusesAProfileWithoutUnits) {
  EXPECT_THROW(EqualForecaster{profile_of({})}, ConfigError);
}

}  // namespace
}  // namespace acceptlab::predictor
