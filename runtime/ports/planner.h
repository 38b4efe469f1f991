#pragma once

#include "runtime/base/result.h"
#include "runtime/plan.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab {

// Chooses the cut. What decides it beside the times of sub-models (sizes, links, memory) is the
// planner's own.
class Planner {
 public:
  virtual ~Planner() = default;
  // kConfig where no plan is feasible, with the reason.
  virtual Result<Plan> plan(const Forecaster& times) const = 0;
};

}  // namespace acceptlab
