#pragma once

#include <map>
#include <vector>

#include "predictor/profile_times.h"
#include "runtime/ports/adaptive_forecaster.h"

namespace acceptlab::predictor {

// What a device reported about the stage it ran.
struct StageMeasurement {
  DeviceId device;
  UnitRange units;
  StageTime time;  // of one mini-batch
};

// FTPipeHD's estimate: device k is like the central node but for one factor, its capacity
//   C_k = measured time of its stage / sum of the central node's times of the same units,
// forward and backward together, and its time of any units is C_k times the central node's sum.
// A factor above 1 is a slower device. A device that has not been measured is thought equal (1).
// Of several measurements of a device the last one counts: it is the newest.
class CapacityForecaster final : public AdaptiveForecaster {
 public:
  // Throws ConfigError, naming device and values, where units are not within the model, a measured
  // time is not positive, or the central node's time of those units is 0.
  CapacityForecaster(const DeviceProfile& central, const std::vector<StageMeasurement>& measured);

  StageTime predict(DeviceId device, UnitRange units) const override;
  // Throws as the constructor does.
  void observe(DeviceId device, UnitRange units, const StageTime& time) override;
  double capacity(DeviceId device) const;

 private:
  const ProfileTimes central_;
  std::map<DeviceId, double> capacities_;
};

}  // namespace acceptlab::predictor
