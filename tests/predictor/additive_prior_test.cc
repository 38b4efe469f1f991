#include "predictor/additive_prior.h"

#include <gtest/gtest.h>

#include <limits>

#include "predictor/device_posterior.h"
#include "predictor/probe_design.h"
#include "runtime/base/result.h"
#include "tests/predictor/synthetic_devices.h"

namespace acceptlab::predictor {
namespace {

TEST(AdditiveTimes, AreFoundExactlyWithoutNoise) {
  const SyntheticDevice device = synthetic_device(6, 3, 0.0);
  const std::vector<double> times =
      fit_additive_times(sub_model_features(6), 2, device.observations().observations);
  for (std::size_t u = 0; u < 6; ++u) {
    EXPECT_NEAR(times[u], device.forward_ms[u], 1e-3 * device.forward_ms[u]);
    EXPECT_NEAR(times[7 + u], device.backward_ms[u], 1e-3 * device.backward_ms[u]);
  }
}

// One of three operations in each of two blocks: no operation's time alone can be known.
TEST(AdditiveTimes, PredictWhereFeaturesExcludeEachOther) {
  std::vector<Observation> observations;
  for (int a = 0; a < 3; ++a) {
    for (int b = 0; b < 3; ++b) observations.push_back({{a, 3 + b}, {1.0 + a + 10.0 * b}});
  }
  const std::vector<double> times = fit_additive_times(6, 1, observations);
  EXPECT_NEAR(times[2] + times[4], 13.0, 1e-3);
}

TEST(AdditivePrior, IsTheSameForTheSameDevices) {
  const AdditivePrior a = prior_from(synthetic_devices(6, 5), 6);
  const AdditivePrior b = prior_from(synthetic_devices(6, 5), 6);
  EXPECT_EQ(a.mean(), b.mean());
  EXPECT_EQ(a.covariance(), b.covariance());
  EXPECT_EQ(a.setting().interval_factor, b.setting().interval_factor);
}

TEST(AdditivePrior, DoesNotDependOnTheDevicesSpeeds) {
  std::vector<SyntheticDevice> devices = synthetic_devices(6, 5);
  const AdditivePrior before = prior_from(devices, 6);
  for (double& ms : devices[2].forward_ms) ms *= 100.0;
  for (double& ms : devices[2].backward_ms) ms *= 100.0;
  const AdditivePrior after = prior_from(devices, 6);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NEAR(after.mean()[i], before.mean()[i], 1e-3 * std::abs(before.mean()[i]) + 1e-5);
  }
}

TEST(AdditivePrior, RefusesWhatItCannotLearnFrom) {
  std::vector<DeviceObservations> devices;
  for (const SyntheticDevice& d : synthetic_devices(4, 3)) devices.push_back(d.observations());
  const auto fit = [&] { return fit_additive_prior(5, 2, devices, probe_structures(4)); };
  EXPECT_NO_THROW(fit());
  const auto message = [&] {
    try {
      fit();
    } catch (const ConfigError& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  devices[1].observations[0].times_ms[1] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(message().find("'device1'"), std::string::npos) << message();
  devices[1].observations[0].times_ms[1] = -1.0;
  EXPECT_NE(message().find("-1.0"), std::string::npos) << message();
  devices[1].observations[0].times_ms = {1.0};
  EXPECT_NE(message().find("1 times, need 2"), std::string::npos) << message();
  devices[1].observations[0] = {{0, 9}, {1.0, 1.0}};
  EXPECT_NE(message().find("index 9"), std::string::npos) << message();
  devices[1].observations.clear();
  EXPECT_NE(message().find("there are none"), std::string::npos) << message();
  devices.resize(2);
  EXPECT_NE(message().find("at least 3 devices"), std::string::npos) << message();
}

TEST(DevicePosterior, IsSurestWhereItMeasured) {
  const AdditivePrior prior = prior_from(synthetic_devices(6, 8), 6);
  const SyntheticDevice device = synthetic_device(6, 50);
  const auto relative = [&](const DevicePosterior& posterior, UnitRange range) {
    const Estimate e = posterior.estimate(structure_of(range, 6), 0);
    return e.deviation_ms / e.mean_ms;
  };
  const Observation whole = observation_of({{0, 6}, device.time({0, 6})}, 6);
  const Observation unit = observation_of({{2, 3}, device.time({2, 3})}, 6);
  const DevicePosterior before(prior, {whole});
  const DevicePosterior after(prior, {whole, unit});
  EXPECT_LT(relative(after, {2, 3}), 0.6 * relative(before, {2, 3}));
  EXPECT_LT(relative(before, {0, 6}), relative(before, {4, 5}));
}

// A thousand measurements of one stage must not make the other units' times certain.
TEST(DevicePosterior, LearnsLessFromTheSameAgain) {
  const AdditivePrior prior = prior_from(synthetic_devices(6, 8), 6);
  const SyntheticDevice device = synthetic_device(6, 50);
  const Observation stage = observation_of({{1, 4}, device.time({1, 4})}, 6);
  DevicePosterior once(prior, {stage});
  DevicePosterior often(prior, {stage});
  for (int i = 0; i < 1000; ++i) often.observe(stage);
  const Structure whole = structure_of({0, 6}, 6);
  EXPECT_GT(often.estimate(whole, 0).deviation_ms, 0.5 * once.estimate(whole, 0).deviation_ms);
}

TEST(ProbeDesign, ChoosesProbesThatTellMoreThanRandomOnes) {
  constexpr int kUnits = 12;
  const AdditivePrior prior = prior_from(synthetic_devices(kUnits, 16), kUnits);
  const std::vector<UnitRange> all = all_sub_models(kUnits);
  std::vector<Structure> candidates;
  for (const UnitRange range : all) candidates.push_back(structure_of(range, kUnits));
  const std::vector<std::size_t> chosen = design_probes(prior, candidates, kProbes);
  ASSERT_EQ(chosen.size(), static_cast<std::size_t>(kProbes));
  EXPECT_EQ(design_probes(prior, candidates, kProbes), chosen);
  Rng rng(5, "random probes");
  double designed = 0.0;
  double random = 0.0;
  for (const SyntheticDevice& device : synthetic_devices(kUnits, 20, 100)) {
    std::vector<UnitRange> good;
    std::vector<UnitRange> any;
    for (const std::size_t c : chosen) {
      good.push_back(all[c]);
      any.push_back(all[rng.below(all.size())]);
    }
    designed += mape_percent(SubModelPredictor(prior, kUnits, device.timed(good)), device);
    random += mape_percent(SubModelPredictor(prior, kUnits, device.timed(any)), device);
  }
  EXPECT_LT(designed, random);
}

}  // namespace
}  // namespace acceptlab::predictor
