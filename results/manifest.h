#pragma once

#include <optional>
#include <string>

#include "results/run_records.h"

namespace acceptlab::results {

// The content of manifest.json: where a run comes from. Without `wall_s` the run has not finished.
std::string manifest_to_json(const RunDescription& description, std::optional<double> wall_s);

}  // namespace acceptlab::results
