#pragma once

#include <optional>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/plan.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab {

struct PlanDevice {
  std::optional<Bytes> memory;  // unset: unlimited
};

// What decides a cut. All sizes are those of one mini-batch as they cross a link (compressed).
struct PlanProblem {
  int units = 0;
  std::vector<PlanDevice> devices;      // in pipeline order; devices[0] is the central node
  std::vector<Bytes> activation_bytes;  // [units - 1]: crossing forward after unit u
  std::vector<Bytes> gradient_bytes;    // [units - 1]: crossing back
  std::vector<Bytes> parameter_bytes;   // [units]
  std::vector<std::vector<BitsPerSecond>> bandwidth;  // [from][to]
  double memory_factor = 4.0;         // memory a stage needs, as a multiple of its parameter bytes
  const Forecaster* times = nullptr;  // outlives the call
};

// Chooses the cut. Returns kConfig where no plan satisfies the problem, with the reason.
class Planner {
 public:
  virtual ~Planner() = default;
  virtual Result<Plan> plan(const PlanProblem& problem) const = 0;
};

}  // namespace acceptlab
