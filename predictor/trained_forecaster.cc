#include "predictor/trained_forecaster.h"

#include "runtime/base/check.h"

namespace acceptlab::predictor {

namespace {

std::size_t index_of(DeviceId device, std::size_t devices) {
  ACCEPTLAB_CHECK(device.value >= 0 && static_cast<std::size_t>(device.value) < devices);
  return static_cast<std::size_t>(device.value);
}

}  // namespace

TrainedForecaster::TrainedForecaster(const AdditivePrior& prior, int units,
                                     const std::vector<std::vector<TimedSubModel>>& probes) {
  devices_.reserve(probes.size());
  for (const auto& of_device : probes) devices_.emplace_back(prior, units, of_device);
}

StageTime TrainedForecaster::predict(DeviceId device, UnitRange units) const {
  return devices_[index_of(device, devices_.size())].time(units);
}

void TrainedForecaster::observe(DeviceId device, UnitRange units, const StageTime& time) {
  SubModelPredictor& predictor = devices_[index_of(device, devices_.size())];
  // No time at all one way was not measured: nothing to learn from.
  if (time.forward <= Duration(0) || time.backward <= Duration(0)) return;
  predictor.observe({units, time});
}

}  // namespace acceptlab::predictor
