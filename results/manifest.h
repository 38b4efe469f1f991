#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "results/run_records.h"
#include "runtime/base/result.h"

namespace acceptlab::results {

// What only a finished run's manifest has: times of this machine, which differ from run to run.
struct RunCost {
  double wall_s = 0.0;
  std::optional<AdaptationCost> adaptation;
  double train_s = 0.0;  // by the run's clock: what adaptation is a share of
};

// The content of manifest.json: where a run comes from. Without `cost` the run has not finished.
std::string manifest_to_json(const RunDescription& description, const std::optional<RunCost>& cost);

// Which experiment a run folder holds, and the revision of the sources that ran it.
struct RunOrigin {
  std::string scenario_hash;
  std::string revision;
};

struct AdaptationShare {
  AdaptationCost cost;
  std::optional<double> percent_of_training;
};

// As manifest.json says, both. Return kConfig where there is none, kCorrupt where it is damaged.
Result<RunOrigin> read_origin(const std::filesystem::path& run_folder);
// Nothing where the plan could not change, or in runs of before it was noted.
Result<std::optional<AdaptationShare>> read_adaptation(const std::filesystem::path& run_folder);

}  // namespace acceptlab::results
