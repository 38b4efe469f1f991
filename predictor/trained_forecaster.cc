#include "predictor/trained_forecaster.h"

#include <algorithm>

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
  // A stage that reports no time one way took too little to be counted.
  constexpr Duration kLeast{1};
  const StageTime counted{std::max(time.forward, kLeast), std::max(time.backward, kLeast)};
  devices_[index_of(device, devices_.size())].observe({units, counted});
}

}  // namespace acceptlab::predictor
