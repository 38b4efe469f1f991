#include "app/device/measured_scenario.h"

#include <string>
#include <vector>

#include "app/links.h"
#include "results/csv.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

const std::vector<std::string>& columns() {
  static const std::vector<std::string> names = {"from_device", "to_device", "rate_mbit_s",
                                                 "latency_ms"};
  return names;
}

double number_in(const std::string& field, const std::string& where) {
  std::size_t used = 0;
  double value = -1.0;
  try {
    value = std::stod(field, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != field.size() || !(value >= 0.0)) {
    throw ConfigError(where + ": '" + field + "' is no number of at least 0");
  }
  return value;
}

}  // namespace

scenarios::Scenario as_measured(const scenarios::Scenario& scenario, const MeasuredLinks& links) {
  scenarios::Scenario measured = scenario;
  for (scenarios::Device& device : measured.devices) {
    device.slowdown = 1.0;
    device.slowdown_steps.clear();
  }
  measured.network.links.clear();
  for (const auto& [ends, link] : links) {
    scenarios::LinkOverride override;
    override.from = ends.first;
    override.to = ends.second;
    override.both = false;
    override.link = scenario.network.direction(ends.first, ends.second);
    if (override.link.bandwidth_model == scenarios::BandwidthKind::kConstant) {
      override.link.bandwidth_mbit_s = to_megabits_per_second(bandwidth_for(scenario, link.rate));
      override.link.delay_ms = to_milliseconds(link.latency);
    }
    measured.network.links.push_back(override);
  }
  return measured;
}

void write_links(const MeasuredLinks& links, const std::filesystem::path& file) {
  results::CsvFile csv(file, columns());
  for (const auto& [ends, link] : links) {
    csv.row({std::to_string(ends.first), std::to_string(ends.second),
             results::format_fixed(to_megabits_per_second(link.rate), 6),
             results::format_fixed(to_milliseconds(link.latency), 6)});
  }
  if (!csv.good()) throw ConfigError(file.string() + ": cannot be written");
}

MeasuredLinks read_links(const std::filesystem::path& file) {
  const Result<results::CsvTable> table = results::read_csv(file);
  if (!table) throw ConfigError(table.error().message);
  if (table.value().columns != columns()) {
    throw ConfigError(file.string() + ": these are not the columns of measured links");
  }
  MeasuredLinks links;
  int line = 1;
  for (const std::vector<std::string>& row : table.value().rows) {
    const std::string where = file.string() + ":" + std::to_string(++line);
    const int from = static_cast<int>(number_in(row[0], where));
    const int to = static_cast<int>(number_in(row[1], where));
    links[{from, to}] = {from_megabits_per_second(number_in(row[2], where)),
                         from_milliseconds(number_in(row[3], where))};
  }
  return links;
}

}  // namespace acceptlab::app
