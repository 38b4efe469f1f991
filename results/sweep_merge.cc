#include "results/sweep_merge.h"

#include <fmt/format.h>

#include <exception>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "results/csv.h"
#include "results/manifest.h"
#include "results/run_folder.h"
#include "results/sweep_manifest.h"
#include "results/text_file.h"
#include "runtime/base/result.h"

namespace acceptlab::results {
namespace {

namespace fs = std::filesystem;

struct Part {
  fs::path folder;
  SweepManifest manifest;
  CsvTable table;
};

// A point with a result, or with the reason why it has none.
struct Point {
  const Part* part = nullptr;
  std::size_t row = 0;

  const std::string& at(const std::string& column) const { return part->table.at(row, column); }
  bool finished() const { return at("status") == "ok"; }
  fs::path run_folder() const { return part->folder / at("run"); }
};

using Points = std::map<int, Point>;  // by number, from 1

template <typename T>
T value_of(Result<T> result) {
  if (!result) throw ConfigError(result.error().message);
  return std::move(result).value();
}

Part read_part(const fs::path& folder) {
  Part part{folder, value_of(read_sweep_manifest(folder)),
            value_of(read_csv(folder / "sweep.csv"))};
  for (const char* column : {"point", "run", "status"}) {
    if (part.table.column(column) < part.table.columns.size()) continue;
    throw ConfigError(
        fmt::format("{}: has no column '{}'", (folder / "sweep.csv").string(), column));
  }
  return part;
}

void check_same_sweep(const Part& a, const Part& b) {
  const auto& first = a.manifest.scenario_hashes;
  const auto& second = b.manifest.scenario_hashes;
  const std::string both = a.folder.string() + " and " + b.folder.string();
  if (first.size() != second.size()) {
    throw ConfigError(fmt::format("{} are of different sweeps: of {} and of {} points", both,
                                  first.size(), second.size()));
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (first[i] == second[i]) continue;
    throw ConfigError(fmt::format(
        "{} are of different sweeps: their point {} is not the same scenario", both, i + 1));
  }
  if (a.table.columns != b.table.columns) {
    throw ConfigError(both + " are of different sweeps: sweep.csv has other columns");
  }
}

// The number of a point; the run folder that its row names lies in the sweep's.
int checked_number(const Part& part, std::size_t row) {
  const auto total = static_cast<int>(part.manifest.scenario_hashes.size());
  const std::string& text = part.table.at(row, "point");
  const std::optional<int> number = parse_int(text);
  const fs::path run = part.table.at(row, "run");
  const bool own = run.empty() || (run.parent_path() == "points" && run.filename() != ".." &&
                                   run.filename() != "." && !run.filename().empty());
  if (number && 1 <= *number && *number <= total && part.manifest.shard.holds(*number) && own) {
    return *number;
  }
  throw ConfigError(fmt::format("{}: point '{}' with run '{}' is not one of shard {} of {} points",
                                (part.folder / "sweep.csv").string(), text, run.string(),
                                to_string(part.manifest.shard), total));
}

Points collect_points(const std::vector<Part>& parts) {
  Points points;
  for (const Part& part : parts) {
    for (std::size_t row = 0; row < part.table.rows.size(); ++row) {
      const int number = checked_number(part, row);
      if (part.table.at(row, "status") == "missing") continue;
      const auto [other, is_new] = points.emplace(number, Point{&part, row});
      if (is_new) continue;
      throw ConfigError(fmt::format("point {} is in {} and in {}", number,
                                    other->second.part->folder.string(), part.folder.string()));
    }
  }
  return points;
}

void check_complete(const std::vector<Part>& parts, const Points& points) {
  constexpr int most_named = 10;
  const auto total = static_cast<int>(parts.front().manifest.scenario_hashes.size());
  const int missing = total - static_cast<int>(points.size());
  if (missing == 0) return;
  std::string numbers;
  int named = 0;
  for (int i = 1; i <= total && named < most_named; ++i) {
    if (points.count(i) > 0) continue;
    numbers += (named++ > 0 ? ", " : "") + std::to_string(i);
  }
  std::string given;
  for (const Part& part : parts) {
    given += (given.empty() ? "" : ", ") + to_string(part.manifest.shard);
  }
  throw ConfigError(fmt::format(
      "{} of {} points are missing ({}{}): give every shard, and finish each with the command that "
      "began it; given: {}",
      missing, total, numbers, missing > named ? "..." : "", given));
}

// Every result is of the scenario that it stands for, and all are of one revision.
void check_origins(const Points& points) {
  const Point* first = nullptr;
  std::string revision;
  for (const auto& [number, point] : points) {
    if (!point.finished()) continue;
    const fs::path folder = point.run_folder();
    const RunOrigin origin = value_of(read_origin(folder));
    const auto& hashes = point.part->manifest.scenario_hashes;
    if (origin.scenario_hash != hashes[static_cast<std::size_t>(number - 1)]) {
      throw ConfigError(
          fmt::format("{}: is not the result of point {} of its sweep", folder.string(), number));
    }
    if (first == nullptr) {
      first = &point;
      revision = origin.revision;
    } else if (origin.revision != revision) {
      throw ConfigError(
          fmt::format("{} was run by revision {}, {} by {}: run all shards by one revision",
                      first->run_folder().string(), revision, folder.string(), origin.revision));
    }
  }
}

std::string merged_table(const Part& part, const Points& points) {
  std::string text = csv_line(part.table.columns);
  for (const auto& [number, point] : points) text += csv_line(point.part->table.rows[point.row]);
  return text;
}

// Points, and what else a sweep keeps: profiles it measured, logs of points that failed.
void copy_files(const std::vector<Part>& parts, const Points& points, const fs::path& to) {
  for (const char* name : {"points", "profiles", "logs"}) fs::create_directories(to / name);
  for (const auto& [number, point] : points) {
    if (point.finished()) {
      fs::copy(point.run_folder(), to / point.at("run"), fs::copy_options::recursive);
    }
  }
  for (const Part& part : parts) {
    for (const char* name : {"profiles", "logs"}) {
      if (!fs::exists(part.folder / name)) continue;
      fs::copy(part.folder / name, to / name,
               fs::copy_options::recursive | fs::copy_options::skip_existing);
    }
  }
}

void write_merged(const std::vector<Part>& parts, const Points& points, const fs::path& out) {
  RunFolder folder = value_of(RunFolder::create(out));
  try {
    copy_files(parts, points, folder.path());
    const Part& first = parts.front();
    value_of(replace_text(folder.path() / "sweep.csv", merged_table(first, points)));
    value_of(write_sweep_manifest(folder.path(), {Shard{}, first.manifest.scenario_hashes}));
    value_of(folder.publish());
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove_all(folder.path(), ignored);
    throw ConfigError(error.what());
  }
}

}  // namespace

int merge_sweeps(const std::vector<fs::path>& shards, const fs::path& out) {
  std::vector<Part> parts;
  for (const fs::path& folder : shards) {
    parts.push_back(read_part(folder));
    check_same_sweep(parts.front(), parts.back());
  }
  if (parts.empty()) throw ConfigError("there is nothing to merge");
  const Points points = collect_points(parts);
  check_complete(parts, points);
  check_origins(points);
  write_merged(parts, points, out);
  int failed = 0;
  for (const auto& [number, point] : points) failed += point.finished() ? 0 : 1;
  return failed;
}

}  // namespace acceptlab::results
