#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/device_profile.h"

namespace acceptlab::predictor {

// Times of sub-models by one device's profile, in logarithmic time instead of linear.
class ProfileTimes {
 public:
  // Throws ConfigError, naming the profile's device, where it has no units or a negative time.
  explicit ProfileTimes(const DeviceProfile& profile);

  int units() const { return static_cast<int>(forward_.size()) - 1; }
  // DeviceProfile::time: a sub-model that was measured whole where there is one, else the sum.
  // Requires: units not empty and within the model.
  StageTime measured(UnitRange units) const;
  // The sum over units, whatever was measured. Requires: the same.
  StageTime sum_of_units(UnitRange units) const;

 private:
  std::vector<Duration> forward_;  // [units + 1]: of the units before
  std::vector<Duration> backward_;
  std::map<UnitRange, StageTime> sub_models_;
};

// Rounded to the nearest nanosecond. Requires: factor >= 0.
StageTime scaled(StageTime time, double factor);

}  // namespace acceptlab::predictor
