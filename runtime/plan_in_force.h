#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/plan.h"
#include "runtime/stage_config.h"

namespace acceptlab {

// A plan and since when it holds. Every device keeps one; all of them count alike.
struct PlanInForce {
  std::uint32_t term = 0;
  Plan plan;
  // Of the cut behind each stage but the last: the term in which it came to be where it is, between
  // the devices that it is between. Empty: 0 for all.
  std::vector<std::uint32_t> cut_terms;

  std::uint32_t cut_term(int stage) const;
};

// What holds in `term`, in which `next` follows. Cuts that stay where they are keep their terms.
// Requires: term > before.term.
PlanInForce succeed(const PlanInForce& before, Plan next, std::uint32_t term);
// The same after a return to a snapshot: all cuts begin anew.
PlanInForce begin_anew(Plan plan, std::uint32_t term);

// What every device knows of the training.
struct Training {
  Schedule schedule;
  TrainingShape shape;
  bool reports = false;  // devices report the times of their stages
};

std::vector<StageConfig> stage_configs(const PlanInForce& in_force, const Training& training);
// Nothing where the plan leaves the device out.
std::optional<StageConfig> stage_of(DeviceId device, const PlanInForce& in_force,
                                    const Training& training);

// Units of `range` that other devices than `device` have, and which.
struct OwnedUnits {
  DeviceId owner;
  UnitRange units;
};
std::vector<OwnedUnits> units_elsewhere(const Plan& plan, DeviceId device, UnitRange range);

}  // namespace acceptlab
