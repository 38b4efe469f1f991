#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "results/run_records.h"
#include "runtime/base/result.h"

namespace acceptlab::results {

// The content of manifest.json: where a run comes from. Without `wall_s` the run has not finished.
std::string manifest_to_json(const RunDescription& description, std::optional<double> wall_s);

// Which experiment a run folder holds: the scenario_hash of its manifest.json. Returns kConfig
// where there is no manifest, kCorrupt where it is damaged.
Result<std::string> read_scenario_hash(const std::filesystem::path& run_folder);

}  // namespace acceptlab::results
