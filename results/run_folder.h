#pragma once

#include <filesystem>

#include "runtime/base/result.h"

namespace acceptlab::results {

// A folder of results being written. It is called X.partial until publish() renames it to X, so a
// folder named X is always complete, and a run that was killed leaves X.partial behind.
class RunFolder {
 public:
  // Makes `path`.partial and the folders above it. Returns kConfig where `path` or `path`.partial
  // exists: results are never overwritten.
  static Result<RunFolder> create(const std::filesystem::path& path);

  // Where to write: X.partial, and X after publish().
  const std::filesystem::path& path() const { return current_; }
  const std::filesystem::path& final_path() const { return final_; }
  // Renames X.partial to X; files open in it stay open. Returns kConfig where that fails.
  Result<std::filesystem::path> publish();

 private:
  RunFolder(std::filesystem::path current, std::filesystem::path final_path);

  std::filesystem::path current_;
  std::filesystem::path final_;
};

}  // namespace acceptlab::results
