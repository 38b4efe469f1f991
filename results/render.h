#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::results {

// A run, sweep or fidelity folder as text for a terminal (plain ASCII, at most about 100 columns).
// All return kConfig where there is no such folder or it holds no results, kCorrupt where a file is
// damaged.
Result<std::string> render(const std::filesystem::path& folder);  // any, by what it holds
// A folder of an unfinished run (X.partial) renders what it has and says so.
Result<std::string> render_run(const std::filesystem::path& folder);
Result<std::string> render_sweep(const std::filesystem::path& folder);
// Of `acceptlab validate`.
Result<std::string> render_fidelity(const std::filesystem::path& folder);

}  // namespace acceptlab::results
