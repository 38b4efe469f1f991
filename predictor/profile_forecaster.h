#pragma once

#include <vector>

#include "predictor/profile_times.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab::predictor {

struct ProfiledDevice {
  DeviceProfile profile;
  double slowdown = 1.0;  // > 0; multiplies the profile's times
};

// The oracle: each device's own measured times. What any predictor can at best achieve.
class ProfileForecaster final : public Forecaster {
 public:
  // `devices[d]` is device d. Throws ConfigError where there is none, where the profiles differ in
  // model, number of units or mini-batch, or where a time or slowdown is out of range.
  explicit ProfileForecaster(const std::vector<ProfiledDevice>& devices);

  // Requires: the device is one of those given.
  StageTime predict(DeviceId device, UnitRange units) const override;

 private:
  struct Device {
    ProfileTimes times;
    double slowdown;
  };
  std::vector<Device> devices_;
};

}  // namespace acceptlab::predictor
