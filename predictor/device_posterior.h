#pragma once

#include <map>
#include <vector>

#include "predictor/additive_prior.h"
#include "predictor/structure.h"

namespace acceptlab::predictor {

struct Estimate {
  double mean_ms = 0.0;
  double deviation_ms = 0.0;  // standard deviation, of the sum and of noise
};

// What is known of one device after some observations: the prior conditioned on them, in closed
// form. Each further one is a rank-one update (a Kalman step), O(size^2), and forgets nothing.
class DevicePosterior {
 public:
  // Requires: at least one observation, as their times set the device's speed. Throws ConfigError
  // on observations that fit_additive_prior would refuse.
  DevicePosterior(AdditivePrior prior, const std::vector<Observation>& first);

  Estimate estimate(const Structure& structure, int output) const;
  // One measured time more. That of a structure seen before teaches less: what the sum over its
  // indices misses is the same each time, only the noise of measuring averages out.
  void observe(const Observation& observation);
  // The whole device became `factor` times slower (or faster, below 1): all times change by it, and
  // become less certain.
  void rescale(double factor);

  const AdditivePrior& prior() const { return prior_; }
  // Of feature f at output o: element o * features + f. Times may be negative where features
  // exclude each other.
  const std::vector<double>& mean_ms() const { return mean_; }
  const std::vector<double>& covariance_ms2() const { return covariance_; }

 private:
  void update(const Structure& structure, int output, double time_ms, double variance);

  AdditivePrior prior_;
  std::vector<double> mean_;
  std::vector<double> covariance_;
  std::map<Structure, int> seen_;
};

}  // namespace acceptlab::predictor
