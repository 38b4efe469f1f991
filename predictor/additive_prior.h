#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "predictor/structure.h"

namespace acceptlab::predictor {

// A device that the prior was learned from: its additive times, divided by its speed.
struct PriorDevice {
  std::string name;
  std::vector<double> times;  // of feature f at output o: element o * features + f
};

// How the prior's covariance is made of its devices.
struct PriorSetting {
  double spread = 0.1;  // how far devices differ in single features beyond what they do together
  double noise = 0.02;  // how far a measured time is from the sum, as a part of it
  // 90 % of held-out errors, all outputs together, are within so many sums of the deviations.
  double interval_factor = 1.645;
};

// What is known of times before a device is seen.
//
// On one device the time of a structure is nearly the sum of a time for each index of it that is
// 1, one such vector an output. Over devices, those vectors divided by the device's speed are
// thought Gaussian: mean and covariance come from the devices trained on. Speed 1 is that at which
// the probes trained with take 1 ms on average.
class AdditivePrior {
 public:
  // Throws ConfigError on fewer than 2 devices, vectors of another length, values that are not
  // finite or a setting that is not positive.
  AdditivePrior(int features, int outputs, std::vector<PriorDevice> devices,
                const PriorSetting& setting);

  int features() const { return features_; }
  int outputs() const { return outputs_; }
  std::size_t size() const { return mean_.size(); }
  const std::vector<PriorDevice>& devices() const { return devices_; }
  const PriorSetting& setting() const { return setting_; }
  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& covariance() const { return covariance_; }  // [size() * size()]

 private:
  int features_;
  int outputs_;
  std::vector<PriorDevice> devices_;
  PriorSetting setting_;
  std::vector<double> mean_;
  std::vector<double> covariance_;
};

// A device's additive times by least squares of relative errors: of feature f at output o, element
// o * features + f; a little of a ridge keeps them defined where features exclude each other.
// Throws ConfigError on observations as fit_additive_prior does.
std::vector<double> fit_additive_times(int features, int outputs,
                                       const std::vector<Observation>& observations);

// A device as the prior keeps it: its additive times at the speed at which the probes take 1 ms on
// average. Throws ConfigError where they would take nothing.
PriorDevice prior_device(const std::string& name, const std::vector<double>& times_ms, int features,
                         const std::vector<Structure>& probes);

// Learns the prior from devices that were observed at many structures. The setting, which cannot be
// learned from one device alone, is chosen by leaving out one device after another and predicting
// it from `probes`. Deterministic.
// Throws ConfigError, naming device and values, on fewer than 3 devices, an index outside the
// features, a number of times that is not `outputs`, a time that is not positive and finite, a
// device without observations, or no probes.
AdditivePrior fit_additive_prior(int features, int outputs,
                                 const std::vector<DeviceObservations>& devices,
                                 const std::vector<Structure>& probes);

}  // namespace acceptlab::predictor
