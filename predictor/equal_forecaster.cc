#include "predictor/equal_forecaster.h"

namespace acceptlab::predictor {

EqualForecaster::EqualForecaster(const DeviceProfile& central, double slowdown)
    : central_({{central, slowdown}}) {}

StageTime EqualForecaster::predict(DeviceId, UnitRange units) const {
  return central_.predict(DeviceId{0}, units);
}

}  // namespace acceptlab::predictor
