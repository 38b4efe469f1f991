#include "predictor/speed_watch.h"

#include <gtest/gtest.h>

namespace acceptlab::predictor {
namespace {

// Batches until a change is noticed.
int batches_until(SpeedWatch& watch, double ratio, double& change) {
  for (int batch = 1; batch <= 1000; ++batch) {
    if (const auto noticed = watch.add(ratio)) {
      change = *noticed;
      return batch;
    }
  }
  return 0;
}

TEST(SpeedWatch, NoticesAChangeEitherWayAndItsSize) {
  for (const double ratio : {1.4, 2.0, 10.0, 1.0 / 1.4, 0.1}) {
    SpeedWatch watch;
    for (int i = 0; i < 50; ++i) ASSERT_FALSE(watch.add(1.0).has_value());
    double change = 0.0;
    const int batches = batches_until(watch, ratio, change);
    EXPECT_GE(batches, 2) << ratio;
    EXPECT_LE(batches, 5) << ratio;
    EXPECT_NEAR(change, ratio, 1e-9);
  }
}

TEST(SpeedWatch, BelievesNoSingleStray) {
  SpeedWatch watch;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(watch.add(i % 10 == 5 ? 50.0 : 1.0).has_value()) << i;
  }
}

TEST(SpeedWatch, ToleratesErrorsOfThePrediction) {
  SpeedWatch watch;
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(watch.add(1.09).has_value());
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(watch.add(0.92).has_value());
}

}  // namespace
}  // namespace acceptlab::predictor
