#pragma once

#include <chrono>

#include "runtime/device_profile.h"
#include "runtime/torch/profile.h"

namespace acceptlab::app {

// A model with 3 ms forward and 6 ms backward in every unit, for mini-batches of 8 samples.
inline DeviceProfile even_profile(const torch_stage::ModelOptions& model) {
  DeviceProfile profile = torch_stage::describe_model(model);
  profile.batch_samples = 8;
  for (UnitProfile& unit : profile.units) {
    unit.forward = std::chrono::milliseconds(3);
    unit.backward = std::chrono::milliseconds(6);
    unit.update = std::chrono::microseconds(200);
  }
  profile.codecs["none"] = {};
  return profile;
}

}  // namespace acceptlab::app
