#include "app/folders.h"

#include <cctype>

#include "runtime/base/result.h"

namespace acceptlab::app {

namespace fs = std::filesystem;

namespace {

fs::path below_runs(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    plain += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ? c : '_';
  }
  return fs::path("runs") / (plain.empty() ? "unnamed" : plain);
}

bool taken(const fs::path& folder) {
  return fs::exists(folder) || fs::exists(folder.string() + ".partial");
}

}  // namespace

fs::path free_run_folder(const std::string& name) {
  const fs::path first = below_runs(name);
  fs::path folder = first;
  for (int n = 2; taken(folder); ++n) folder = first.string() + "-" + std::to_string(n);
  return folder;
}

fs::path sweep_folder(const std::string& name) { return below_runs(name); }

void remove_results(const fs::path& folder) {
  for (const fs::path& path : {folder, fs::path(folder.string() + ".partial")}) {
    if (!fs::exists(path)) continue;
    if (!fs::exists(path / "manifest.json")) {
      throw ConfigError(path.string() + ": is not a run folder (no manifest.json); not removed");
    }
    fs::remove_all(path);
  }
}

}  // namespace acceptlab::app
