#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::results {

// The whole file. Returns kConfig where it cannot be read.
Result<std::string> read_text(const std::filesystem::path& path);

// Writes path.tmp and renames it to `path`: readers see the old content or the new, never a half.
// Of a symbolic link what it leads to is replaced; what is no regular file (a device, a pipe, a
// folder) is left alone. Returns the path, or kConfig where that failed; no path.tmp is then left.
Result<std::filesystem::path> replace_text(const std::filesystem::path& path,
                                           const std::string& text);

}  // namespace acceptlab::results
