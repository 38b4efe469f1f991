#pragma once

#include "runtime/run_position.h"

namespace acceptlab {

// Keeps what all stages hold. Called only while nothing is in flight.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;
  // `next`: where training goes on from there.
  virtual void save(const RunPosition& next) = 0;
};

}  // namespace acceptlab
