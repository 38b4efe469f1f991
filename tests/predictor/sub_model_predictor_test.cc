#include "predictor/sub_model_predictor.h"

#include <gtest/gtest.h>

#include "runtime/base/result.h"
#include "tests/predictor/synthetic_devices.h"

namespace acceptlab::predictor {
namespace {

constexpr int kUnits = 12;

class UnseenDevice : public testing::Test {
 protected:
  AdditivePrior prior_ = prior_from(synthetic_devices(kUnits, 16), kUnits);
  SyntheticDevice device_ = synthetic_device(kUnits, 100);
  SubModelPredictor predictor_{prior_, kUnits, device_.timed(fixed_probes(kUnits))};
};

TEST_F(UnseenDevice, IsPredictedFromItsProbes) {
  EXPECT_LT(mape_percent(predictor_, device_), 5.0);
}

TEST_F(UnseenDevice, IsPredictedBetterThanByOneFactorOfAnother) {
  // FTPipeHD's rule on the same device.
  const SyntheticDevice central = synthetic_device(kUnits, 0);
  const UnitRange whole{0, kUnits};
  const double factor = static_cast<double>(device_.time(whole).total().count()) /
                        static_cast<double>(central.time(whole).total().count());
  double sum = 0.0;
  for (const UnitRange range : all_sub_models(kUnits)) {
    sum += std::abs(factor * static_cast<double>(central.time(range).total().count()) /
                        static_cast<double>(device_.time(range).total().count()) -
                    1.0);
  }
  const double of_factor = 100.0 * sum / static_cast<double>(all_sub_models(kUnits).size());
  EXPECT_GT(of_factor, 3.0 * mape_percent(predictor_, device_));
}

TEST_F(UnseenDevice, GetsBetterWithMeasurements) {
  const double before = mape_percent(predictor_, device_);
  for (const UnitRange range :
       {UnitRange{2, 3}, {4, 6}, {7, 8}, {8, 10}, {1, 2}, {5, 6}, {9, 10}}) {
    EXPECT_FALSE(predictor_.observe({range, device_.time(range)}).has_value());
  }
  EXPECT_LT(mape_percent(predictor_, device_), 0.8 * before);
}

TEST_F(UnseenDevice, IsNeverThoughtFasterForMoreUnits) {
  for (const UnitRange range : all_sub_models(kUnits)) {
    EXPECT_GE(predictor_.time(range).forward, Duration(0));
    EXPECT_GE(predictor_.time(range).backward, Duration(0));
    if (range.end == kUnits) continue;
    const StageTime longer = predictor_.time({range.begin, range.end + 1});
    EXPECT_GE(longer.forward, predictor_.time(range).forward) << range;
    EXPECT_GE(longer.backward, predictor_.time(range).backward) << range;
  }
}

TEST_F(UnseenDevice, SlowerByAFactorIsPredictedSlowerByIt) {
  SyntheticDevice slower = device_;
  for (double& ms : slower.forward_ms) ms *= 3.0;
  for (double& ms : slower.backward_ms) ms *= 3.0;
  const SubModelPredictor of_slower(prior_, kUnits, slower.timed(fixed_probes(kUnits)));
  for (const UnitRange range : all_sub_models(kUnits)) {
    EXPECT_NEAR(to_milliseconds(of_slower.time(range).total()),
                3.0 * to_milliseconds(predictor_.time(range).total()),
                1e-4 * to_milliseconds(of_slower.time(range).total()));
  }
}

TEST(SubModelPredictor, IntervalsCoverWhatTheyClaim) {
  const AdditivePrior prior = prior_from(synthetic_devices(kUnits, 24), kUnits);
  int covered = 0;
  int count = 0;
  for (const SyntheticDevice& device : synthetic_devices(kUnits, 40, 200)) {
    const SubModelPredictor predictor(prior, kUnits, device.timed(fixed_probes(kUnits)));
    for (const UnitRange range : all_sub_models(kUnits)) {
      const Prediction prediction = predictor.predict(range);
      const Duration measured = device.time(range).total();
      covered += measured >= prediction.total_low && measured <= prediction.total_high ? 1 : 0;
      ++count;
    }
  }
  EXPECT_GE(static_cast<double>(covered) / count, 0.85);
  EXPECT_LE(static_cast<double>(covered) / count, 0.97);
}

TEST(SubModelPredictor, NoticesThrottlingWithinFiveBatches) {
  const AdditivePrior prior = prior_from(synthetic_devices(kUnits, 16), kUnits);
  for (int number = 100; number < 130; ++number) {
    SyntheticDevice device = synthetic_device(kUnits, number);
    SubModelPredictor predictor(prior, kUnits, device.timed(fixed_probes(kUnits)));
    const UnitRange stage{3, 8};
    Rng rng(static_cast<std::uint64_t>(number), "batches");
    const auto batch = [&](double factor) {
      const double noisy = factor * std::exp(0.05 * rng.normal());
      const StageTime time = device.time(stage);
      return predictor.observe(
          {stage,
           {Duration(std::llround(noisy * static_cast<double>(time.forward.count()))),
            Duration(std::llround(noisy * static_cast<double>(time.backward.count())))}});
    };
    for (int i = 0; i < 100; ++i) ASSERT_FALSE(batch(1.0).has_value()) << number << ' ' << i;
    int batches = 0;
    std::optional<double> change;
    while (!change && batches < 20) {
      change = batch(1.4);
      ++batches;
    }
    EXPECT_LE(batches, 5) << number;
    EXPECT_NEAR(change.value_or(0.0), 1.4, 0.2) << number;
    // All sub-models, not only the one that was seen to be slower.
    const double expected = 1.4 * to_milliseconds(device.time({8, 12}).total());
    EXPECT_NEAR(to_milliseconds(predictor.time({8, 12}).total()), expected, 0.15 * expected);
  }
}

TEST(SubModelPredictor, DoesNotForgetTheFirstDeviceOverTwentyOthers) {
  std::vector<SyntheticDevice> known = synthetic_devices(kUnits, 8);
  AdditivePrior prior = prior_from(known, kUnits);
  const SyntheticDevice first = synthetic_device(kUnits, 300);
  const auto error_on_first = [&] {
    SubModelPredictor predictor(prior, kUnits, first.timed(fixed_probes(kUnits)));
    for (const TimedSubModel& t : first.timed(all_sub_models(kUnits))) predictor.observe(t);
    return mape_percent(predictor, first);
  };
  const double before = error_on_first();
  for (int number = 301; number <= 320; ++number) {
    const SyntheticDevice other = synthetic_device(kUnits, number);
    SubModelPredictor learned(prior, kUnits, other.timed(fixed_probes(kUnits)));
    for (const TimedSubModel& t : other.timed(all_sub_models(kUnits))) learned.observe(t);
    std::vector<PriorDevice> devices = prior.devices();
    devices.push_back(prior_device(other.name, learned.posterior().mean_ms(), prior.features(),
                                   probe_structures(kUnits)));
    prior = AdditivePrior(prior.features(), 2, devices, prior.setting());
  }
  EXPECT_NEAR(error_on_first(), before, 0.2);
}

TEST(SubModelPredictor, RefusesThePriorOfAnotherModel) {
  const AdditivePrior prior = prior_from(synthetic_devices(5, 4), 5);
  const SyntheticDevice device = synthetic_device(kUnits, 1);
  EXPECT_THROW(SubModelPredictor(prior, kUnits, device.timed({{0, kUnits}})), ConfigError);
}

TEST(SubModelPredictor, RefusesTimesThatAreNone) {
  const AdditivePrior prior = prior_from(synthetic_devices(5, 4), 5);
  EXPECT_THROW(SubModelPredictor(prior, 5, {}), ConfigError);
  EXPECT_THROW(SubModelPredictor(prior, 5, {{{0, 5}, {Duration(0), Duration(5)}}}), ConfigError);
}

}  // namespace
}  // namespace acceptlab::predictor
