#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/ports/planner.h"

namespace acceptlab::partition {

// What a stage with these units needs, rounded up to a byte.
Bytes memory_need(const PlanProblem& problem, UnitRange units);

// Why the device cannot hold the units: a kConfig error with the need and the limit; nothing where
// it can.
std::optional<Error> check_memory(const PlanProblem& problem, DeviceId device, UnitRange units);

// Time of one mini-batch between two devices when the cut comes after `units_before` units: the
// activation one way and the gradient the other, one after the other.
// Requires: check_problem has no error; 1 <= units_before < units; from != to.
Duration link_time(const PlanProblem& problem, DeviceId from, DeviceId to, int units_before);

// The times of all sub-models on all devices, asked once.
class CostTable {
 public:
  // Requires: check_problem has no error. `problem` outlives the table.
  explicit CostTable(const PlanProblem& problem);

  // Unset where the device's memory does not hold the units.
  std::optional<Duration> stage(DeviceId device, UnitRange units) const {
    const Duration time = stages_[index(device, units)];
    return time == kDoesNotFit ? std::nullopt : std::make_optional(time);
  }
  Duration link(DeviceId from, DeviceId to, int units_before) const {
    return link_time(problem_, from, to, units_before);
  }

 private:
  static constexpr Duration kDoesNotFit{-1};

  std::size_t index(DeviceId device, UnitRange units) const {
    const auto side = static_cast<std::size_t>(problem_.units) + 1;
    return (static_cast<std::size_t>(device.value) * side + static_cast<std::size_t>(units.begin)) *
               side +
           static_cast<std::size_t>(units.end);
  }

  const PlanProblem& problem_;
  std::vector<Duration> stages_;  // [device][begin][end]
};

}  // namespace acceptlab::partition
