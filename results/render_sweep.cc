#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "results/csv.h"
#include "results/render.h"
#include "results/text_table.h"

namespace acceptlab::results {
namespace {

using Settings = std::vector<std::string>;  // values of the swept keys other than the method

// The points of a sweep as a grid: a row per setting, a column per method, in order of appearance.
struct Grid {
  std::vector<std::string> keys;
  std::vector<Settings> settings;
  std::vector<std::string> methods;
  std::map<std::pair<Settings, std::string>, std::size_t> points;  // row of the table
};

template <typename T>
void add_once(std::vector<T>& items, const T& item) {
  if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

// Swept keys are the columns between "status" and "method" (see sweep_csv.h).
Grid make_grid(const CsvTable& table) {
  Grid grid;
  const std::size_t first = table.column("status") + 1;
  const std::size_t last = table.column("method");
  grid.keys.assign(table.columns.begin() + static_cast<std::ptrdiff_t>(first),
                   table.columns.begin() + static_cast<std::ptrdiff_t>(last));
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto begin = table.rows[r].begin();
    const Settings setting(begin + static_cast<std::ptrdiff_t>(first),
                           begin + static_cast<std::ptrdiff_t>(last));
    add_once(grid.settings, setting);
    add_once(grid.methods, table.rows[r][last]);
    grid.points[{setting, table.rows[r][last]}] = r;
  }
  return grid;
}

bool finished(const CsvTable& table, std::size_t row) { return table.at(row, "status") == "ok"; }

// Against the method "single" under the same setting where the sweep has it, else against the time
// that the run itself knew for its best device alone.
std::string speedup(const CsvTable& table, const Grid& grid, std::size_t row,
                    const Settings& setting) {
  std::optional<double> single = parse_number(table.at(row, "single_device_ms"));
  const auto found = grid.points.find({setting, "single"});
  if (found != grid.points.end() && finished(table, found->second)) {
    single = parse_number(table.at(found->second, "time_per_batch_ms"));
  }
  const std::optional<double> time = parse_number(table.at(row, "time_per_batch_ms"));
  if (!single || !time || *time <= 0.0) return "-";
  return format_fixed(*single / *time, 2);
}

// Not run yet.
bool missing(const CsvTable& table, std::size_t row) {
  return table.at(row, "status") == "missing";
}

using Cell = std::function<std::string(std::size_t row, const Settings& setting)>;

std::string grid_text(const std::string& title, const CsvTable& table, const Grid& grid,
                      const Cell& cell) {
  std::vector<std::string> header = grid.keys;
  header.insert(header.end(), grid.methods.begin(), grid.methods.end());
  TextTable text(header);
  for (const Settings& setting : grid.settings) {
    std::vector<std::string> cells = setting;
    for (const std::string& method : grid.methods) {
      const auto point = grid.points.find({setting, method});
      if (point == grid.points.end()) {
        cells.emplace_back("-");
      } else if (finished(table, point->second)) {
        cells.push_back(cell(point->second, setting));
      } else {
        cells.emplace_back(missing(table, point->second) ? "-" : "failed");
      }
    }
    text.row(std::move(cells));
  }
  return '\n' + title + '\n' + text.render(2);
}

std::string failures_text(const CsvTable& table) {
  std::string text;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    if (finished(table, r) || missing(table, r)) continue;
    text += fmt::format("point {}: {}\n", table.at(r, "point"), table.at(r, "status"));
  }
  return text.empty() ? "" : '\n' + text;
}

bool any(const CsvTable& table, const std::string& column) {
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    if (!table.at(r, column).empty()) return true;
  }
  return false;
}

Cell figure(const CsvTable& table, const std::string& column, int decimals) {
  return [&table, column, decimals](std::size_t row, const Settings&) {
    const std::optional<double> value = parse_number(table.at(row, column));
    return value ? format_fixed(*value, decimals) : "-";
  };
}

}  // namespace

Result<std::string> render_sweep(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "sweep.csv";
  const Result<CsvTable> read = read_csv(path);
  if (!read.ok()) return read.error();
  const CsvTable& table = read.value();
  for (const char* column : {"point", "status", "method", "time_per_batch_ms"}) {
    if (table.column(column) < table.columns.size()) continue;
    return Error{ErrorKind::kCorrupt, fmt::format("{}: has no column '{}'", path.string(), column)};
  }
  if (table.column("method") < table.column("status")) {
    return Error{ErrorKind::kCorrupt, path.string() + ": column 'method' must follow 'status'"};
  }
  const Grid grid = make_grid(table);
  std::string text =
      fmt::format("sweep           {}, {} points\n", folder.string(), table.rows.size());
  text += grid_text("Time per batch, ms", table, grid, figure(table, "time_per_batch_ms", 3));
  text += grid_text(
      "Speed-up over a single device", table, grid,
      [&](std::size_t row, const Settings& setting) { return speedup(table, grid, row, setting); });
  if (any(table, "test_accuracy_percent")) {
    text +=
        grid_text("Final test accuracy, %", table, grid, figure(table, "test_accuracy_percent", 2));
  }
  return text + failures_text(table);
}

}  // namespace acceptlab::results
