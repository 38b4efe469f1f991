#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "results/run_summary.h"
#include "runtime/base/result.h"

namespace acceptlab::results {

// One point of a sweep: which keys had which values, and what came out.
struct SweepRow {
  int index = 0;
  std::vector<std::pair<std::string, std::string>> values;  // swept key path, value as text
  std::string run;                    // its run folder, relative to the sweep's; "" where none
  std::optional<RunSummary> summary;  // unset: no result
  std::string error;                  // why there is none
};

// The content of sweep.csv: a row per point, in the order given. Columns: point, run, status, each
// swept key by its path ("method" has its own column anyway), then the figures of the summary.
// Requires: all rows have the same keys in the same order.
std::string sweep_to_csv(const std::vector<SweepRow>& rows);

// Replaces sweep.csv in `sweep_folder` at once, so it may be rewritten after each point.
Result<std::filesystem::path> write_sweep(const std::filesystem::path& sweep_folder,
                                          const std::vector<SweepRow>& rows);

}  // namespace acceptlab::results
