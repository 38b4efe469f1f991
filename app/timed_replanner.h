#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "results/run_records.h"
#include "runtime/ports/replanner.h"

namespace acceptlab::app {

// Another replanner, with the time it takes on this machine.
class TimedReplanner final : public Replanner {
 public:
  // Requires: not null.
  explicit TimedReplanner(std::unique_ptr<Replanner> inner);

  void observe(DeviceId device, UnitRange units, const StageTime& time) override;
  void observe_link(DeviceId from, DeviceId to, BitsPerSecond rate) override;
  std::optional<Replan> replan(const Plan& current, std::int64_t batches_left) override;
  std::optional<Plan> plan_on(const std::vector<DeviceId>& devices) override;

  results::AdaptationCost cost() const { return cost_; }

 private:
  const std::unique_ptr<Replanner> inner_;
  results::AdaptationCost cost_;
};

// Null stays null.
std::unique_ptr<TimedReplanner> timed(std::unique_ptr<Replanner> replanner);

}  // namespace acceptlab::app
