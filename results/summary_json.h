#pragma once

#include <filesystem>
#include <string>

#include "results/run_summary.h"
#include "runtime/base/result.h"

namespace acceptlab::results {

// The content of summary.json: the same summary gives the same bytes.
std::string summary_to_json(const RunSummary& summary);
// Strict: returns kCorrupt, naming file and key, on anything summary_to_json cannot have written.
Result<RunSummary> summary_from_json(const std::string& text, const std::string& origin);
// Reads summary.json of a run folder.
Result<RunSummary> read_summary(const std::filesystem::path& run_folder);

}  // namespace acceptlab::results
