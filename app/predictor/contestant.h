#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/predictor/persona_table.h"
#include "runtime/device_profile.h"

namespace acceptlab::app {

using SubModelTimes = std::map<UnitRange, StageTime>;

// A way to predict a device's sub-model times from a few measurements of it, as evaluations compare
// them.
class Contestant {
 public:
  virtual ~Contestant() = default;
  virtual std::string name() const = 0;
  // Forgets what it was trained on before.
  virtual void train(const std::vector<Persona>& devices) = 0;
  // All sub-models of a device, of which only what the contestant measures is looked at.
  virtual SubModelTimes predict(const Persona& device) const = 0;
  // How many times it measures on a new device.
  virtual int measurements() const = 0;
};

// The closed form (predictor::SubModelPredictor), from the fixed or from designed probes.
std::unique_ptr<Contestant> make_closed_form(int units, bool designed_probes);
// FTPipeHD: the times of the first device trained on, times one factor: that of the whole model.
std::unique_ptr<Contestant> make_capacity_ratio(int units);
// Every unit measured alone, and added up.
std::unique_ptr<Contestant> make_layer_sums(int units);
// No predictor: additive times fitted to all that was measured of the device itself. What they miss
// is noise of the measurement, and how far sub-models are from additive.
std::unique_ptr<Contestant> make_own_fit(int units);
// Linear in multiply-adds, forward and backward apart, fitted to the fixed probes. `model` tells
// the units' parameters and shapes: multiply-adds are counted as parameters times output positions.
std::unique_ptr<Contestant> make_flops(const DeviceProfile& model);

}  // namespace acceptlab::app
