#include "app/figures/sweep_tables.h"

#include <set>

#include "results/csv.h"
#include "results/manifest.h"
#include "results/text_file.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

namespace fs = std::filesystem;

results::CsvTable read(const fs::path& file) {
  Result<results::CsvTable> table = results::read_csv(file);
  if (!table) throw ConfigError(table.error().message);
  return std::move(table).value();
}

std::vector<std::string> with_first(const std::string& first, std::vector<std::string> rest) {
  rest.insert(rest.begin(), first);
  return rest;
}

}  // namespace

void gather_tables(const fs::path& sweep, const std::string& name, const fs::path& out) {
  const results::CsvTable points = read(sweep / "sweep.csv");
  std::vector<std::string> columns;
  std::string text;
  for (std::size_t p = 0; p < points.rows.size(); ++p) {
    const fs::path file = sweep / points.at(p, "run") / name;
    if (points.at(p, "status") != "ok" || !fs::exists(file)) continue;
    const results::CsvTable table = read(file);
    if (columns.empty()) {
      columns = table.columns;
      text = results::csv_line(with_first("point", columns));
    }
    if (table.columns != columns) {
      throw ConfigError(file.string() + ": has other columns than " + name +
                        " of the points before");
    }
    for (const auto& row : table.rows) {
      text += results::csv_line(with_first(points.at(p, "point"), row));
    }
  }
  if (text.empty()) return;
  const Result<fs::path> written = results::replace_text(out, text);
  if (!written) throw ConfigError(written.error().message);
}

std::vector<std::string> revisions_of(const fs::path& sweep) {
  const results::CsvTable points = read(sweep / "sweep.csv");
  std::set<std::string> all;
  for (std::size_t p = 0; p < points.rows.size(); ++p) {
    if (points.at(p, "status") != "ok") continue;
    const Result<results::RunOrigin> origin = results::read_origin(sweep / points.at(p, "run"));
    if (!origin) throw ConfigError(origin.error().message);
    all.insert(origin.value().revision);
  }
  return {all.begin(), all.end()};
}

}  // namespace acceptlab::app
