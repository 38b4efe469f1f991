#include "predictor/profile_forecaster.h"

#include <cmath>
#include <string>

#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::predictor {

namespace {

std::string summary(const DeviceProfile& profile) {
  return profile.model + " of " + std::to_string(profile.units.size()) + " units, batch " +
         std::to_string(profile.batch_samples);
}

void check_agrees(std::size_t device, const DeviceProfile& profile, const DeviceProfile& central) {
  if (profile.model == central.model && profile.width == central.width &&
      profile.units.size() == central.units.size() &&
      profile.batch_samples == central.batch_samples) {
    return;
  }
  throw ConfigError("profile of device " + std::to_string(device) + " (" + summary(profile) +
                    ", width " + std::to_string(profile.width) +
                    ") is not of what device 0 runs (" + summary(central) + ", width " +
                    std::to_string(central.width) + ")");
}

}  // namespace

ProfileForecaster::ProfileForecaster(const std::vector<ProfiledDevice>& devices) {
  if (devices.empty()) throw ConfigError("profiles: there are no devices");
  for (std::size_t d = 0; d < devices.size(); ++d) {
    const double slowdown = devices[d].slowdown;
    if (!std::isfinite(slowdown) || slowdown <= 0.0) {
      throw ConfigError("slowdown of device " + std::to_string(d) + " must be positive, have " +
                        std::to_string(slowdown));
    }
    check_agrees(d, devices[d].profile, devices[0].profile);
    devices_.push_back({ProfileTimes(devices[d].profile), slowdown});
  }
}

StageTime ProfileForecaster::predict(DeviceId device, UnitRange units) const {
  ACCEPTLAB_CHECK(device.value >= 0 && device.value < static_cast<int>(devices_.size()));
  const Device& d = devices_[static_cast<std::size_t>(device.value)];
  return scaled(d.times.measured(units), d.slowdown);
}

}  // namespace acceptlab::predictor
