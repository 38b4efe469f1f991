#pragma once

#include "runtime/ports/forecaster.h"

namespace acceptlab {

// A forecaster that learns from the times that devices report during a run.
class AdaptiveForecaster : public Forecaster {
 public:
  // The device took `time` for a full mini-batch of these units.
  // Requires: units not empty and within the model; time.total() > 0.
  virtual void observe(DeviceId device, UnitRange units, const StageTime& time) = 0;
};

}  // namespace acceptlab
