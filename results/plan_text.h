#pragma once

#include <string>

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

}  // namespace acceptlab::results
