#pragma once

namespace acceptlab {

// Keeps what all stages hold. Called only while nothing is in flight.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;
  virtual void save(int epochs_done) = 0;
};

}  // namespace acceptlab
