#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/units.h"
#include "runtime/samples.h"

namespace acceptlab::results {

// The training records of one epoch, or of the part of it in which one plan was in force.
struct EpochLog {
  std::vector<BatchSample> batches;
  std::vector<StageSample> stages;
};

// Sums over the measured batches of several epochs. In each epoch the measured time runs from the
// finish of the last warm-up batch (without warm-up: from the first admission) to the finish of the
// last batch, so neither evaluation nor the filling of the pipeline is in it.
struct MeasuredTime {
  struct Stage {
    OpCost cost;
    Duration wait{0};
    Duration activation_transfer{0};
    Duration gradient_transfer{0};
    Bytes activation_sent;
    Bytes gradient_sent;
  };

  std::int64_t batches = 0;
  std::int64_t samples = 0;
  Duration time{0};
  std::vector<Duration> intervals;  // between successive finishes
  std::vector<Stage> stages;        // by stage index; as long as any record reached

  // Adds an epoch or a part of one; one with no batch beyond `warmup` adds nothing.
  void add(const EpochLog& log, int warmup);

 private:
  Stage& at(int stage);
};

}  // namespace acceptlab::results
