#include "app/predictor/persona_table.h"

#include <algorithm>
#include <set>

#include "app/predictor/table_field.h"
#include "results/csv.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using results::CsvTable;

constexpr const char* kForward = "_forward_us";
constexpr const char* kBackward = "_backward_us";
constexpr int kMaxUnits = 4096;
constexpr double kMaxUs = 1e12;  // 11 days

CsvTable read(const std::filesystem::path& file) {
  Result<CsvTable> table = results::read_csv(file, results::LastLine::kIsWhole);
  if (!table) throw ConfigError(table.error().message);
  if (table.value().rows.empty()) throw ConfigError(file.string() + ": has no rows");
  return std::move(table).value();
}

// The names before `_forward_us`, in order of the columns.
std::vector<std::string> persona_names(const CsvTable& table) {
  std::vector<std::string> names;
  const std::string suffix = kForward;
  for (const std::string& column : table.columns) {
    if (column.size() <= suffix.size()) continue;
    const std::size_t at = column.size() - suffix.size();
    if (column.compare(at, suffix.size(), suffix) == 0) names.push_back(column.substr(0, at));
  }
  return names;
}

Duration microseconds(double us) { return from_milliseconds(us / 1e3); }

void read_times(const TableField& fields, const CsvTable& table, PersonaTable& result) {
  std::set<UnitRange> seen;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto first = static_cast<int>(fields.integer(r, "first_unit", 1, kMaxUnits));
    const auto last = static_cast<int>(fields.integer(r, "last_unit", first, kMaxUnits));
    const UnitRange range{first - 1, last};
    if (!seen.insert(range).second) fields.fail(r, "first_unit", "the sub-model is given twice");
    result.units = std::max(result.units, last);
    for (Persona& persona : result.personas) {
      const std::string forward = persona.name + kForward;
      const std::string backward = persona.name + kBackward;
      if (table.at(r, forward).empty() && table.at(r, backward).empty()) continue;
      persona.times[range] = {microseconds(fields.number(r, forward, 1e-3, kMaxUs)),
                              microseconds(fields.number(r, backward, 1e-3, kMaxUs))};
    }
  }
}

void read_descriptions(const std::filesystem::path& file, PersonaTable& result) {
  const CsvTable table = read(file);
  const TableField fields(file, table);
  for (Persona& persona : result.personas) {
    std::size_t row = 0;
    while (row < table.rows.size() && table.at(row, "persona") != persona.name) ++row;
    if (row == table.rows.size()) {
      throw ConfigError(file.string() + ": has no persona '" + persona.name + "'");
    }
    const std::string model = table.at(row, "model");
    const double width = fields.number(row, "width", 1e-3, 1e3);
    const auto batch = static_cast<int>(fields.integer(row, "batch_samples", 1, 1 << 20));
    if (&persona == &result.personas.front()) {
      result.model = model;
      result.width = width;
      result.batch_samples = batch;
    }
    if (model != result.model || width != result.width || batch != result.batch_samples) {
      fields.fail(row, "model", "is not that of the first persona, or its width or batch is not");
    }
    persona.cores = fields.number(row, "cores", 1e-3, 1e6);
  }
}

}  // namespace

PersonaTable read_persona_table(const std::filesystem::path& csv) {
  const CsvTable table = read(csv);
  PersonaTable result;
  for (const std::string& name : persona_names(table)) result.personas.push_back({name, 1.0, {}});
  if (result.personas.empty()) {
    throw ConfigError(csv.string() + ":1: has no column PERSONA" + kForward);
  }
  read_times(TableField(csv, table), table, result);
  std::filesystem::path descriptions = csv;
  read_descriptions(descriptions.replace_extension(".personas.csv"), result);
  return result;
}

PersonaTable without(PersonaTable table, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = std::find_if(table.personas.begin(), table.personas.end(),
                                    [&](const Persona& persona) { return persona.name == name; });
    if (found == table.personas.end()) {
      throw ConfigError("--without: the table has no persona '" + name + "'");
    }
    table.personas.erase(found);
  }
  if (table.personas.empty()) throw ConfigError("--without: leaves no persona to learn from");
  return table;
}

predictor::DeviceObservations observations_of(const Persona& persona, int units) {
  predictor::DeviceObservations device{persona.name, {}};
  for (const auto& [range, time] : persona.times) {
    device.observations.push_back(predictor::observation_of({range, time}, units));
  }
  return device;
}

std::vector<predictor::TimedSubModel> timed(const Persona& persona,
                                            const std::vector<UnitRange>& sub_models) {
  std::vector<predictor::TimedSubModel> all;
  for (const UnitRange range : sub_models) {
    const auto found = persona.times.find(range);
    if (found == persona.times.end()) {
      throw ConfigError("persona '" + persona.name + "': units " + to_string(range) +
                        " were not measured");
    }
    all.push_back({range, found->second});
  }
  return all;
}

}  // namespace acceptlab::app
