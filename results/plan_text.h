#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/plan.h"

namespace acceptlab::results {

// Device and units of every stage: "0:1..5 2:6..12". `codecs`: their names; where there are several
// each cut has its own: "0:1..5 (mbq4/suq8) 2:6..12".
inline std::string plan_text(const Plan& plan, const std::vector<std::string>& codecs = {}) {
  std::string text;
  for (std::size_t k = 0; k < plan.stages.size(); ++k) {
    const PlannedStage& stage = plan.stages[k];
    text += (text.empty() ? "" : " ") + std::to_string(stage.device.value) + ":" +
            to_string(stage.units);
    if (codecs.size() < 2 || k + 1 == plan.stages.size()) continue;
    text += " (" + codecs.at(static_cast<std::size_t>(stage.codec)) + ")";
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
