#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::results {

// The whole file. Returns kConfig where it cannot be read.
Result<std::string> read_text(const std::filesystem::path& path);

// Writes path.tmp and renames it to `path`: readers see the old content or the new, never a half.
// Returns the path, or kConfig where that failed.
Result<std::filesystem::path> replace_text(const std::filesystem::path& path,
                                           const std::string& text);

}  // namespace acceptlab::results
