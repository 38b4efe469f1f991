#include "predictor/trained_forecaster.h"

#include <gtest/gtest.h>

#include "tests/predictor/synthetic_devices.h"

namespace acceptlab::predictor {
namespace {

constexpr int kUnits = 8;

class TwoDevices : public testing::Test {
 protected:
  TrainedForecaster forecaster() const {
    return {prior_, kUnits, {fast_.timed(fixed_probes(kUnits)), slow_.timed(fixed_probes(kUnits))}};
  }
  SyntheticDevice fast_ = synthetic_device(kUnits, 50);
  SyntheticDevice slow_ = synthetic_device(kUnits, 51);
  AdditivePrior prior_ = prior_from(synthetic_devices(kUnits, 12), kUnits);
};

TEST_F(TwoDevices, ArePredictedEachByItsOwnProbes) {
  const TrainedForecaster times = forecaster();
  for (const UnitRange range : {UnitRange{0, 3}, {3, 8}}) {
    for (const auto* device : {&fast_, &slow_}) {
      const double measured = to_milliseconds(device->time(range).total());
      const double predicted =
          to_milliseconds(times.predict(DeviceId{device == &fast_ ? 0 : 1}, range).total());
      EXPECT_NEAR(predicted, measured, 0.1 * measured) << range;
    }
  }
}

TEST_F(TwoDevices, LearnFromTheirOwnReportsAlone) {
  TrainedForecaster times = forecaster();
  const StageTime other_before = times.predict(DeviceId{1}, {3, 8});
  const StageTime before = times.predict(DeviceId{0}, {3, 8});
  StageTime twice = fast_.time({0, 3});
  for (int batch = 0; batch < 5; ++batch) times.observe(DeviceId{0}, {0, 3}, twice);
  twice.forward *= 2;
  twice.backward *= 2;
  for (int batch = 0; batch < 10; ++batch) times.observe(DeviceId{0}, {0, 3}, twice);
  // The whole device is half as fast, also at units that it does not train.
  EXPECT_NEAR(to_milliseconds(times.predict(DeviceId{0}, {3, 8}).total()),
              2.0 * to_milliseconds(before.total()), 0.1 * to_milliseconds(before.total()));
  EXPECT_EQ(times.predict(DeviceId{1}, {3, 8}).total(), other_before.total());
}

TEST_F(TwoDevices, TakeReportsOfNoTimeOneWay) {
  TrainedForecaster times = forecaster();
  times.observe(DeviceId{0}, {0, 3}, {Duration(0), fast_.time({0, 3}).total()});
  EXPECT_GE(times.predict(DeviceId{0}, {0, 8}).forward, Duration(0));
}

}  // namespace
}  // namespace acceptlab::predictor
