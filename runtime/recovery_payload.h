#pragma once

#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/payload.h"
#include "runtime/plan.h"
#include "runtime/snapshot.h"

namespace acceptlab {

// What a device holds of snapshots, as it travels to the central node (kAlive): of every part the
// term (32 bits), the version (64), first unit and end of units (32 each), little-endian.
Payload encode_held(const std::vector<HeldUnits>& held);
Result<std::vector<HeldUnits>> decode_held(Span<const std::uint8_t> bytes);

// How training goes on after a loss, as it travels to the devices (kRestore): the number of stages
// (32 bits), the plan (plan_payload.h), then of every source its first unit, end of units and
// holder, 32 bits each, little-endian.
struct Restoration {
  Plan plan;
  std::vector<UnitSource> sources;  // of all units, in order; none: the state at the start
};
Payload encode_restoration(const Restoration& restoration);
Result<Restoration> decode_restoration(Span<const std::uint8_t> bytes);

}  // namespace acceptlab
