#pragma once

#include "predictor/profile_times.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab::predictor {

// PipeDream's assumption: one machine is profiled, here the central node, and all others are
// thought to be like it.
class EqualForecaster final : public Forecaster {
 public:
  // Throws ConfigError where the profile has no units or a negative time.
  explicit EqualForecaster(const DeviceProfile& central);

  // The central node's time, whatever the device.
  StageTime predict(DeviceId device, UnitRange units) const override;

 private:
  const ProfileTimes central_;
};

}  // namespace acceptlab::predictor
