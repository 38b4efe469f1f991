#pragma once

#include <string>
#include <vector>

#include "runtime/plan.h"

namespace acceptlab::results {

// Device and units of every stage: "0:1..5 2:6..12".
inline std::string plan_text(const Plan& plan) {
  std::string text;
  for (const PlannedStage& stage : plan.stages) {
    text += (text.empty() ? "" : " ") + std::to_string(stage.device.value) + ":" +
            to_string(stage.units);
  }
  return text;
}

// "2 3".
inline std::string devices_text(const std::vector<DeviceId>& devices) {
  std::string text;
  for (const DeviceId device : devices) {
    text += (text.empty() ? "" : " ") + std::to_string(device.value);
  }
  return text;
}

}  // namespace acceptlab::results
