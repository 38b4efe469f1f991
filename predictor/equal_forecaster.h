#pragma once

#include "predictor/profile_forecaster.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab::predictor {

// PipeDream's assumption: one machine is profiled, here the central node, and all others are
// thought to be like it, as slow as it is.
class EqualForecaster final : public Forecaster {
 public:
  // Its times are those of the profile, times `slowdown`. Throws ConfigError where the profile has
  // no units, or a time or the slowdown is out of range.
  explicit EqualForecaster(const DeviceProfile& central, double slowdown = 1.0);

  // The central node's time, whatever the device.
  StageTime predict(DeviceId device, UnitRange units) const override;

 private:
  const ProfileForecaster central_;
};

}  // namespace acceptlab::predictor
