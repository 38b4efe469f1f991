#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/result.h"
#include "runtime/base/units.h"

namespace acceptlab::results {

// What a device's work on one mini-batch took.
struct BatchTimes {
  Duration forward{0};
  Duration backward{0};
  Duration encode{0};
  Duration decode{0};
  Duration update{0};
  Duration wait{0};      // for its activation and gradient
  Duration finished{0};  // when, from the start of training on
};

struct StageRecord {
  int stage = 0;
  std::vector<BatchTimes> batches;  // of the first epoch, from its first one on
};

// Of every stage of the plan that a run began with, for as long as that held, from its batches.csv.
// Returns kConfig where the folder has none, kCorrupt where it cannot be read.
Result<std::map<DeviceId, StageRecord>> read_stage_records(const std::filesystem::path& run);

// The mean of some mini-batches.
struct StageTimes {
  Duration forward{0};
  Duration backward{0};
  Duration encode{0};
  Duration decode{0};
  Duration update{0};
  // Neither work nor waiting for input: work handed from thread to thread, records sent. Unknown
  // (0) where the mini-batch before the first one is not there to count from.
  Duration between{0};
};

// Mini-batches [first, end) of a run's first epoch.
struct BatchRange {
  int first = 0;
  int end = 0;
};

// `window`: how many mini-batches the stage may have between forward and backward. Returns kCorrupt
// where the record has not all of the mini-batches. Requires: a range that is not empty.
Result<StageTimes> mean_of(const StageRecord& record, BatchRange range, int window);

}  // namespace acceptlab::results
