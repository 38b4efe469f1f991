#pragma once

#include "runtime/base/ids.h"
#include "runtime/base/units.h"

namespace acceptlab {

// Time of one mini-batch on one device.
struct StageTime {
  Duration forward{0};
  Duration backward{0};
  Duration total() const { return forward + backward; }
};

// Estimates the time of any sub-model on any device of the scenario.
class Forecaster {
 public:
  virtual ~Forecaster() = default;
  // Requires: units not empty and within the model.
  virtual StageTime predict(DeviceId device, UnitRange units) const = 0;
};

}  // namespace acceptlab
