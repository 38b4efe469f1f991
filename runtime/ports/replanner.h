#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "runtime/plan.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab {

// Another plan for the rest of a run, and what speaks for it.
struct Replan {
  Plan plan;
  Duration gain_per_batch{0};  // predicted; below 0: given up for codecs that lose less
  Duration move_cost{0};       // predicted: time that the change takes
};

// Learns from what devices report and decides whether another plan is worth the change. The central
// node asks it.
class Replanner {
 public:
  virtual ~Replanner() = default;
  // The device has trained a full mini-batch on these units.
  virtual void observe(DeviceId device, UnitRange units, const StageTime& time) = 0;
  // A stage's device has lately got its messages so fast.
  virtual void observe_link(DeviceId /*from*/, DeviceId /*to*/, BitsPerSecond /*rate*/) {}
  // A plan with the stages of `current` and other codecs takes effect at once: nothing moves.
  // Nothing: `current` stays in force. Requires: batches_left > 0, mini-batches still to begin.
  virtual std::optional<Replan> replan(const Plan& current, std::int64_t batches_left) = 0;
  // From now on no plan uses other devices than these. Returns the best one on them; nothing where
  // there is none. Requires: the central node among them.
  virtual std::optional<Plan> plan_on(const std::vector<DeviceId>& devices) = 0;
};

}  // namespace acceptlab
