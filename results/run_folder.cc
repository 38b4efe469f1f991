#include "results/run_folder.h"

#include <system_error>
#include <utility>

namespace acceptlab::results {
namespace fs = std::filesystem;
namespace {

Error config_error(const fs::path& path, const std::string& rule) {
  return Error{ErrorKind::kConfig, path.string() + ": " + rule};
}

}  // namespace

RunFolder::RunFolder(fs::path current, fs::path final_path)
    : current_(std::move(current)), final_(std::move(final_path)) {}

Result<RunFolder> RunFolder::create(const fs::path& path) {
  // "runs/a/" names the same folder as "runs/a", and only the latter can be extended.
  const fs::path target = path.has_filename() ? path : path.parent_path();
  if (target.empty()) return config_error(path, "is not the name of a folder");
  fs::path partial = target;
  partial += ".partial";
  std::error_code failure;
  if (fs::exists(target, failure)) return config_error(target, "already exists; name another");
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), failure);
  if (failure) return config_error(target.parent_path(), failure.message());
  const bool created = fs::create_directory(partial, failure);
  if (failure) return config_error(partial, failure.message());
  if (!created) {
    return config_error(partial, "exists: a run was interrupted or is under way; remove it first");
  }
  return RunFolder(std::move(partial), target);
}

Result<fs::path> RunFolder::publish() {
  std::error_code failure;
  // rename() would silently replace an empty folder that somebody made in the meantime.
  if (fs::exists(final_, failure)) return config_error(final_, "appeared during the run");
  fs::rename(current_, final_, failure);
  if (failure) return config_error(final_, failure.message());
  current_ = final_;
  return final_;
}

}  // namespace acceptlab::results
