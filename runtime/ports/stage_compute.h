#pragma once

#include "runtime/operation.h"

namespace acceptlab {

// The numerics of one stage: its weights, its graphs in flight, its codec.
class StageCompute {
 public:
  virtual ~StageCompute() = default;
  // Does the work and says what came out and what it cost on this processor's thread.
  // Requires: operations in an order that a StageWorker can produce.
  virtual OpResult perform(const Op& op) = 0;
};

}  // namespace acceptlab
