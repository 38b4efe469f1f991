#include "predictor/equal_forecaster.h"

namespace acceptlab::predictor {

EqualForecaster::EqualForecaster(const DeviceProfile& central) : central_(central) {}

StageTime EqualForecaster::predict(DeviceId, UnitRange units) const {
  return central_.measured(units);
}

}  // namespace acceptlab::predictor
