#pragma once

#include "runtime/operation.h"

namespace acceptlab {

// The numerics of a device's stage: its weights, its graphs in flight, its codec. kExport writes
// out what units need to go on training elsewhere, kAdopt makes it another stage: see Op.
class StageCompute {
 public:
  virtual ~StageCompute() = default;
  // Does the work and says what came out and what it cost on this processor's thread.
  // Requires: operations in an order that a DeviceWorker can produce.
  virtual OpResult perform(const Op& op) = 0;
};

}  // namespace acceptlab
