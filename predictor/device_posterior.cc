#include "predictor/device_posterior.h"

#include <Eigen/Core>
#include <cmath>
#include <utility>

#include "predictor/observation_check.h"
#include "runtime/base/check.h"

namespace acceptlab::predictor {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

// Spread of one measurement around its median, beside the prior's noise.
constexpr double kMeasurementNoise = 0.03;
// How uncertain a device's speed is after a jump of it.
constexpr double kSpeedDoubt = 0.1;

constexpr double kStray = 3.0;

double square(double x) { return x * x; }

// The speed at which the prior's mean agrees with the observations in sum.
double speed(const AdditivePrior& prior, const std::vector<Observation>& observations) {
  double measured = 0.0;
  double expected = 0.0;
  for (const Observation& o : observations) {
    for (std::size_t output = 0; output < o.times_ms.size(); ++output) {
      measured += o.times_ms[output];
      for (const int f : o.structure) {
        expected += prior.mean()[output * static_cast<std::size_t>(prior.features()) +
                                 static_cast<std::size_t>(f)];
      }
    }
  }
  ACCEPTLAB_CHECK(expected > 0.0);
  return measured / expected;
}

}  // namespace

DevicePosterior::DevicePosterior(AdditivePrior prior, const std::vector<Observation>& first)
    : prior_(std::move(prior)), mean_(prior_.mean()), covariance_(prior_.covariance()) {
  check_observations("the observations that a device is known by", first, prior_.features(),
                     prior_.outputs());
  const double s = speed(prior_, first);
  for (double& value : mean_) value *= s;
  for (double& value : covariance_) value *= s * s;
  for (const Observation& observation : first) observe(observation);
}

Estimate DevicePosterior::estimate(const Structure& structure, int output) const {
  const std::size_t size = prior_.size();
  const std::size_t offset =
      static_cast<std::size_t>(output) * static_cast<std::size_t>(prior_.features());
  Estimate estimate;
  double variance = 0.0;
  for (const int f : structure) {
    const std::size_t row = offset + static_cast<std::size_t>(f);
    estimate.mean_ms += mean_[row];
    for (const int g : structure) {
      variance += covariance_[row * size + offset + static_cast<std::size_t>(g)];
    }
  }
  estimate.deviation_ms =
      std::sqrt(std::max(0.0, variance) + square(prior_.setting().noise * estimate.mean_ms));
  return estimate;
}

void DevicePosterior::observe(const Observation& observation) {
  // Of n measurements of one structure the mean is worth 1 / (noise^2 + measurement noise^2 / n):
  // each new one adds the difference.
  const int n = ++seen_[observation.structure];
  const auto worth = [this](int count) {
    return count == 0 ? 0.0
                      : 1.0 / (square(prior_.setting().noise) + square(kMeasurementNoise) / count);
  };
  const double added = worth(n) - worth(n - 1);
  for (std::size_t output = 0; output < observation.times_ms.size(); ++output) {
    const double time = observation.times_ms[output];
    update(observation.structure, static_cast<int>(output), time, square(time) / added);
  }
}

void DevicePosterior::update(const Structure& structure, int output, double time_ms,
                             double variance) {
  const auto size = static_cast<Eigen::Index>(prior_.size());
  Eigen::Map<Vector> mean(mean_.data(), size);
  Eigen::Map<Matrix> covariance(covariance_.data(), size, size);
  const Eigen::Index offset = Eigen::Index{output} * prior_.features();
  Vector gain = Vector::Zero(size);  // covariance times the structure's binary vector
  for (const int f : structure) gain += covariance.col(offset + f);
  double predicted = 0.0;
  double doubt = variance;
  for (const int f : structure) {
    predicted += mean[offset + f];
    doubt += gain[offset + f];
  }
  // A stray time (the device was busy with something else) must not tear the others along: beyond
  // kStray deviations it counts as measured that much worse.
  const double away = std::abs(time_ms - predicted) / std::sqrt(doubt);
  if (away > kStray) doubt += variance * (square(away / kStray) - 1.0);
  mean += gain * ((time_ms - predicted) / doubt);
  covariance.noalias() -= gain * gain.transpose() / doubt;
}

void DevicePosterior::rescale(double factor) {
  ACCEPTLAB_CHECK(factor > 0.0);
  const auto size = static_cast<Eigen::Index>(prior_.size());
  Eigen::Map<Vector> mean(mean_.data(), size);
  Eigen::Map<Matrix> covariance(covariance_.data(), size, size);
  mean *= factor;
  covariance = covariance * square(factor) + square(kSpeedDoubt) * mean * mean.transpose();
  seen_.clear();
}

}  // namespace acceptlab::predictor
