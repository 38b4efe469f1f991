#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/payload.h"
#include "runtime/plan.h"

namespace acceptlab {

// Of every stage: device, first unit, end of units and codec, 32 bits each, little-endian.
inline constexpr std::size_t kPlanStageBytes = 16;

// Who has which units, as it travels to the devices. Predicted times stay behind.
Payload encode_plan(const Plan& plan);
// Returns kCorrupt where the bytes are not a plan: stages must follow each other from unit 0 on,
// the first one on the central node, each on a device of its own. How many codecs there are is not
// known here.
Result<Plan> decode_plan(Span<const std::uint8_t> bytes);

}  // namespace acceptlab
