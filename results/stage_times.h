#pragma once

#include <filesystem>
#include <map>

#include "runtime/base/ids.h"
#include "runtime/base/result.h"
#include "runtime/base/units.h"

namespace acceptlab::results {

// What a device's work on one mini-batch took, the mean of some.
struct StageTimes {
  int batches = 0;
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

// Of every stage of the plan that a run began with, from its batches.csv. Returns kConfig where the
// folder has none, kCorrupt where it cannot be read or a stage has not trained all of `batches`.
Result<std::map<DeviceId, StageTimes>> read_stage_times(const std::filesystem::path& run,
                                                        BatchRange batches);

}  // namespace acceptlab::results
