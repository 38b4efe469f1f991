#include "predictor/capacity_forecaster.h"

#include <string>

#include "runtime/base/result.h"

namespace acceptlab::predictor {

namespace {

double capacity_of(const ProfileTimes& central, const StageMeasurement& m) {
  const std::string name =
      "measurement of units " + to_string(m.units) + " on device " + std::to_string(m.device.value);
  if (m.units.begin < 0 || m.units.begin >= m.units.end || m.units.end > central.units()) {
    throw ConfigError(name + ": the model has units 1.." + std::to_string(central.units()));
  }
  if (m.time.forward < Duration(0) || m.time.backward < Duration(0) ||
      m.time.total() == Duration(0)) {
    throw ConfigError(name + ": the time must be positive, have forward " +
                      std::to_string(m.time.forward.count()) + " ns, backward " +
                      std::to_string(m.time.backward.count()) + " ns");
  }
  const Duration base = central.sum_of_units(m.units).total();
  if (base == Duration(0)) throw ConfigError(name + ": the central node's time of them is 0");
  return static_cast<double>(m.time.total().count()) / static_cast<double>(base.count());
}

}  // namespace

CapacityForecaster::CapacityForecaster(const DeviceProfile& central,
                                       const std::vector<StageMeasurement>& measured)
    : central_(central) {
  for (const StageMeasurement& m : measured) capacities_[m.device] = capacity_of(central_, m);
}

void CapacityForecaster::observe(DeviceId device, UnitRange units, const StageTime& time) {
  capacities_[device] = capacity_of(central_, {device, units, time});
}

StageTime CapacityForecaster::predict(DeviceId device, UnitRange units) const {
  return scaled(central_.sum_of_units(units), capacity(device));
}

double CapacityForecaster::capacity(DeviceId device) const {
  const auto found = capacities_.find(device);
  return found != capacities_.end() ? found->second : 1.0;
}

}  // namespace acceptlab::predictor
