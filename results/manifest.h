#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "results/run_records.h"
#include "runtime/base/result.h"

namespace acceptlab::results {

// The content of manifest.json: where a run comes from. Without `wall_s` the run has not finished.
std::string manifest_to_json(const RunDescription& description, std::optional<double> wall_s);

// Which experiment a run folder holds, and the revision of the sources that ran it.
struct RunOrigin {
  std::string scenario_hash;
  std::string revision;
};

// As manifest.json says. Returns kConfig where there is none, kCorrupt where it is damaged.
Result<RunOrigin> read_origin(const std::filesystem::path& run_folder);

}  // namespace acceptlab::results
