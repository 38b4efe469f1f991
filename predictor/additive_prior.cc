#include "predictor/additive_prior.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "predictor/device_posterior.h"
#include "predictor/observation_check.h"
#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::predictor {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

// Keeps the fit defined where features exclude each other or a device was not seen everywhere.
constexpr double kRidge = 1e-6;
// How uncertain the speed of a new device is after its first observations.
constexpr double kSpeedDoubt = 0.02;
// How far devices are thought to differ at the least in a feature, as a part of its time.
constexpr double kLeastSpread = 0.05;
// Rows of a held-out device that a setting is judged by.
constexpr std::size_t kJudgedRows = 500;
constexpr double kIntervalShare = 0.9;
constexpr double kLeastTimeMs = 1e-6;

double sum_over(const Vector& values, const Structure& structure, Eigen::Index offset) {
  double sum = 0.0;
  for (const int f : structure) sum += values[offset + f];
  return sum;
}

// Least squares of relative errors.
Vector fit_device(int features, int outputs, const DeviceObservations& device) {
  Vector all(features * outputs);
  for (int output = 0; output < outputs; ++output) {
    Matrix normal = Matrix::Zero(features, features);
    Vector right = Vector::Zero(features);
    for (const Observation& o : device.observations) {
      const double weight = 1.0 / o.times_ms[static_cast<std::size_t>(output)];
      for (const int f : o.structure) {
        right[f] += weight;
        for (const int g : o.structure) normal(f, g) += weight * weight;
      }
    }
    normal.diagonal().array() += kRidge * normal.diagonal().maxCoeff();
    all.segment(Eigen::Index{output} * features, features) = normal.ldlt().solve(right);
  }
  return all;
}

Vector vector_of(const PriorDevice& device) {
  return Eigen::Map<const Vector>(device.times.data(),
                                  static_cast<Eigen::Index>(device.times.size()));
}

// The time of a structure on a device that was trained on: measured, or else the fitted sum.
Observation observation_of(const Vector& fitted, int features, const DeviceObservations& device,
                           const Structure& structure) {
  for (const Observation& o : device.observations) {
    if (o.structure == structure) return o;
  }
  Observation made{structure, {}};
  for (Eigen::Index offset = 0; offset < fitted.size(); offset += features) {
    made.times_ms.push_back(std::max(kLeastTimeMs, sum_over(fitted, structure, offset)));
  }
  return made;
}

// Errors of devices predicted from their probes.
struct HeldOut {
  std::vector<double> relative;      // of each output, as a part of its time
  std::vector<double> standardised;  // of all outputs together, in sums of their deviations
};

void judge(const DevicePosterior& posterior, const DeviceObservations& device, HeldOut& errors) {
  const std::size_t rows = device.observations.size();
  const std::size_t step = std::max<std::size_t>(1, rows / kJudgedRows);
  for (std::size_t r = 0; r < rows; r += step) {
    const Observation& o = device.observations[r];
    double error = 0.0;
    double deviation = 0.0;
    for (std::size_t output = 0; output < o.times_ms.size(); ++output) {
      const Estimate estimate = posterior.estimate(o.structure, static_cast<int>(output));
      const double off = estimate.mean_ms - o.times_ms[output];
      errors.relative.push_back(std::abs(off) / o.times_ms[output]);
      error += off;
      deviation += estimate.deviation_ms;
    }
    errors.standardised.push_back(std::abs(error) / deviation);
  }
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double quantile(std::vector<double> values, double share) {
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank),
                   values.end());
  return values[rank];
}

void check_prior(int features, int outputs, const std::vector<PriorDevice>& devices,
                 const PriorSetting& setting) {
  if (features < 1 || outputs < 1) throw ConfigError("a prior needs features and outputs");
  if (devices.size() < 2) {
    throw ConfigError("a prior needs at least 2 devices, have " + std::to_string(devices.size()));
  }
  const auto size = static_cast<std::size_t>(features) * static_cast<std::size_t>(outputs);
  for (const PriorDevice& device : devices) {
    const auto finite = [](double value) { return std::isfinite(value); };
    if (device.times.size() == size &&
        std::all_of(device.times.begin(), device.times.end(), finite)) {
      continue;
    }
    throw ConfigError("prior's device '" + device.name + "': needs " + std::to_string(size) +
                      " finite times, has " + std::to_string(device.times.size()));
  }
  for (const double value : {setting.spread, setting.noise, setting.interval_factor}) {
    if (!std::isfinite(value) || value <= 0.0) {
      throw ConfigError("a prior's setting must be positive, have " + std::to_string(value));
    }
  }
}

void check(int features, int outputs, const std::vector<DeviceObservations>& devices,
           const std::vector<Structure>& probes) {
  if (features < 1 || outputs < 1) throw ConfigError("a prior needs features and outputs");
  if (devices.size() < 3) {
    throw ConfigError("training needs at least 3 devices, have " + std::to_string(devices.size()));
  }
  if (probes.empty()) throw ConfigError("a prior needs probes");
  for (const Structure& probe : probes) check_structure("probe", probe, features);
  for (const DeviceObservations& device : devices) {
    check_observations("device '" + device.name + "'", device.observations, features, outputs);
  }
}

// The devices trained on: what is needed to predict each from the others.
struct Trained {
  std::vector<PriorDevice> priors;
  std::vector<std::vector<Observation>> probed;
};

Trained train_each(int features, int outputs, const std::vector<DeviceObservations>& devices,
                   const std::vector<Structure>& probes) {
  Trained trained;
  for (const DeviceObservations& device : devices) {
    const Vector times = fit_device(features, outputs, device);
    trained.priors.push_back(
        prior_device(device.name, {times.data(), times.data() + times.size()}, features, probes));
    std::vector<Observation> first;
    first.reserve(probes.size());
    for (const Structure& probe : probes) {
      first.push_back(observation_of(times, features, device, probe));
    }
    trained.probed.push_back(std::move(first));
  }
  return trained;
}

HeldOut leave_each_out(int features, int outputs, const std::vector<DeviceObservations>& devices,
                       const Trained& trained, const PriorSetting& setting) {
  HeldOut errors;
  for (std::size_t held = 0; held < devices.size(); ++held) {
    std::vector<PriorDevice> others = trained.priors;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(held));
    const AdditivePrior prior(features, outputs, std::move(others), setting);
    judge(DevicePosterior(prior, trained.probed[held]), devices[held], errors);
  }
  return errors;
}

}  // namespace

AdditivePrior::AdditivePrior(int features, int outputs, std::vector<PriorDevice> devices,
                             const PriorSetting& setting)
    : features_(features), outputs_(outputs), devices_(std::move(devices)), setting_(setting) {
  check_prior(features, outputs, devices_, setting);
  const Eigen::Index size = Eigen::Index{features} * outputs;
  const auto count = static_cast<double>(devices_.size());
  Vector mean = Vector::Zero(size);
  for (const PriorDevice& device : devices_) mean += vector_of(device) / count;
  Matrix covariance = Matrix::Zero(size, size);
  for (const PriorDevice& device : devices_) {
    const Vector away = vector_of(device) - mean;
    covariance.noalias() += away * away.transpose() / count;
  }
  // Few devices may agree by chance where others would not.
  const Vector least = (kLeastSpread * mean).array().square();
  const Vector spread = setting.spread * covariance.diagonal().cwiseMax(least);
  covariance.diagonal() += spread;
  covariance += kSpeedDoubt * kSpeedDoubt * mean * mean.transpose();
  mean_.assign(mean.data(), mean.data() + size);
  covariance_.assign(covariance.data(), covariance.data() + size * size);
}

std::vector<double> fit_additive_times(int features, int outputs,
                                       const std::vector<Observation>& observations) {
  check_observations("the device", observations, features, outputs);
  const Vector times = fit_device(features, outputs, {"", observations});
  return {times.data(), times.data() + times.size()};
}

PriorDevice prior_device(const std::string& name, const std::vector<double>& times_ms, int features,
                         const std::vector<Structure>& probes) {
  const Vector times = vector_of({name, times_ms});
  double speed = 0.0;
  for (const Structure& probe : probes) {
    for (Eigen::Index offset = 0; offset < times.size(); offset += features) {
      speed += sum_over(times, probe, offset) / static_cast<double>(probes.size());
    }
  }
  if (!(speed > 0.0)) {
    throw ConfigError("device '" + name + "': its probes take " + std::to_string(speed) + " ms");
  }
  const Vector scaled = times / speed;
  return {name, {scaled.data(), scaled.data() + scaled.size()}};
}

AdditivePrior fit_additive_prior(int features, int outputs,
                                 const std::vector<DeviceObservations>& devices,
                                 const std::vector<Structure>& probes) {
  check(features, outputs, devices, probes);
  const Trained trained = train_each(features, outputs, devices, probes);
  PriorSetting best;
  double least = std::numeric_limits<double>::infinity();
  for (const double spread : {0.01, 0.03, 0.1, 0.3, 1.0}) {
    for (const double noise : {0.01, 0.02, 0.04, 0.08}) {
      const PriorSetting setting{spread, noise, 1.0};
      const double error =
          mean_of(leave_each_out(features, outputs, devices, trained, setting).relative);
      if (error < least) {
        least = error;
        best = setting;
      }
    }
  }
  best.interval_factor = quantile(
      leave_each_out(features, outputs, devices, trained, best).standardised, kIntervalShare);
  return AdditivePrior(features, outputs, trained.priors, best);
}

}  // namespace acceptlab::predictor
