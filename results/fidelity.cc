#include "results/fidelity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "results/csv.h"
#include "results/json_object.h"

namespace acceptlab::results {
namespace {

const std::vector<std::string>& columns() {
  static const std::vector<std::string> all{"point",
                                            "name",
                                            "status",
                                            "scenario",
                                            "setting",
                                            "cut",
                                            "codec",
                                            "bandwidth_model",
                                            "bandwidth_mbit_s",
                                            "carried",
                                            "bottleneck",
                                            "real_ms_per_batch",
                                            "emulated_ms_per_batch",
                                            "predicted_ms_per_batch",
                                            "informed_prediction_ms_per_batch",
                                            "error_percent",
                                            "prediction_error_percent",
                                            "informed_prediction_error_percent"};
  return all;
}

constexpr const char* kFailed = "failed: ";

std::string fixed(const std::optional<double>& value, int decimals) {
  return value ? format_fixed(*value, decimals) : "";
}

std::string status_of(const FidelityRow& row) {
  if (!row.error.empty()) return kFailed + row.error;
  return row.error_percent() ? "ok" : "missing";
}

std::optional<double> relative_percent(const std::optional<double>& value,
                                       const std::optional<double>& real) {
  if (!value || !real || *real <= 0.0) return std::nullopt;
  return 100.0 * (*value / *real - 1.0);
}

FidelityRow read_row(const CsvTable& table, std::size_t r) {
  FidelityRow row;
  row.point = static_cast<int>(parse_number(table.at(r, "point")).value_or(0.0));
  row.name = table.at(r, "name");
  row.scenario = table.at(r, "scenario");
  row.setting = table.at(r, "setting");
  row.cut = table.at(r, "cut");
  row.codec = table.at(r, "codec");
  row.bandwidth_model = table.at(r, "bandwidth_model");
  row.bandwidth_mbit_s = parse_number(table.at(r, "bandwidth_mbit_s")).value_or(0.0);
  row.bottleneck = table.at(r, "bottleneck");
  row.carried = table.at(r, "carried") == "yes";
  const std::string& status = table.at(r, "status");
  if (status.rfind(kFailed, 0) == 0) row.error = status.substr(std::string(kFailed).size());
  row.real_ms_per_batch = parse_number(table.at(r, "real_ms_per_batch"));
  row.emulated_ms_per_batch = parse_number(table.at(r, "emulated_ms_per_batch"));
  row.predicted_ms_per_batch = parse_number(table.at(r, "predicted_ms_per_batch"));
  row.informed_prediction_ms_per_batch =
      parse_number(table.at(r, "informed_prediction_ms_per_batch"));
  return row;
}

bool differ_in_the_cut_alone(const FidelityRow& a, const FidelityRow& b) {
  return a.scenario == b.scenario && a.setting == b.setting && a.cut != b.cut;
}

void rank(const FidelityRow& a, const FidelityRow& b, CutRanking& ranking) {
  const double real = *a.real_ms_per_batch - *b.real_ms_per_batch;
  const double least =
      CutRanking::kLeastDifference * std::min(*a.real_ms_per_batch, *b.real_ms_per_batch);
  if (std::abs(real) <= least) return;
  ++ranking.pairs;
  const double emulated = *a.emulated_ms_per_batch - *b.emulated_ms_per_batch;
  if (real * emulated > 0.0) ++ranking.agreeing;
}

void write_spread(const ErrorSpread& spread, nlohmann::ordered_json& json) {
  json["points"] = spread.points;
  json["median_percent"] = spread.median_percent;
  json["percentile_95_percent"] = spread.percentile_95_percent;
  json["worst_percent"] = spread.worst_percent;
}

}  // namespace

std::optional<double> FidelityRow::error_percent() const {
  return relative_percent(emulated_ms_per_batch, real_ms_per_batch);
}

std::optional<double> FidelityRow::prediction_error_percent() const {
  return relative_percent(predicted_ms_per_batch, real_ms_per_batch);
}

std::optional<double> FidelityRow::informed_prediction_error_percent() const {
  return relative_percent(informed_prediction_ms_per_batch, real_ms_per_batch);
}

std::string fidelity_to_csv(const std::vector<FidelityRow>& rows) {
  std::string text = csv_line(columns());
  for (const FidelityRow& row : rows) {
    text +=
        csv_line({std::to_string(row.point), row.name, status_of(row), row.scenario, row.setting,
                  row.cut, row.codec, row.bandwidth_model, format_fixed(row.bandwidth_mbit_s, 3),
                  row.carried ? "yes" : "no", row.bottleneck, fixed(row.real_ms_per_batch, 6),
                  fixed(row.emulated_ms_per_batch, 6), fixed(row.predicted_ms_per_batch, 6),
                  fixed(row.informed_prediction_ms_per_batch, 6), fixed(row.error_percent(), 3),
                  fixed(row.prediction_error_percent(), 3),
                  fixed(row.informed_prediction_error_percent(), 3)});
  }
  return text;
}

Result<std::vector<FidelityRow>> read_fidelity(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "fidelity.csv";
  const Result<CsvTable> table = read_csv(path);
  if (!table) return table.error();
  for (const std::string& column : columns()) {
    if (table.value().column(column) < table.value().columns.size()) continue;
    return Error{ErrorKind::kCorrupt, path.string() + ": has no column '" + column + "'"};
  }
  std::vector<FidelityRow> rows;
  for (std::size_t r = 0; r < table.value().rows.size(); ++r) {
    rows.push_back(read_row(table.value(), r));
  }
  return rows;
}

ErrorSpread spread_of(std::vector<double> errors_percent) {
  ErrorSpread spread;
  spread.points = static_cast<int>(errors_percent.size());
  if (errors_percent.empty()) return spread;
  for (double& error : errors_percent) error = std::abs(error);
  std::sort(errors_percent.begin(), errors_percent.end());
  const std::size_t n = errors_percent.size();
  spread.median_percent = (errors_percent[(n - 1) / 2] + errors_percent[n / 2]) / 2.0;
  spread.percentile_95_percent = errors_percent[(95 * n + 99) / 100 - 1];
  spread.worst_percent = errors_percent.back();
  return spread;
}

FidelitySummary sum_up(const std::vector<FidelityRow>& rows) {
  FidelitySummary summary;
  summary.points = static_cast<int>(rows.size());
  std::vector<const FidelityRow*> usable;
  std::vector<double> emulation;
  std::vector<double> prediction;
  std::vector<double> informed;
  for (const FidelityRow& row : rows) {
    if (!row.carried || !row.error.empty() || !row.error_percent()) continue;
    usable.push_back(&row);
    emulation.push_back(*row.error_percent());
    if (const auto error = row.prediction_error_percent()) prediction.push_back(*error);
    if (const auto error = row.informed_prediction_error_percent()) informed.push_back(*error);
  }
  for (std::size_t i = 0; i < usable.size(); ++i) {
    for (std::size_t j = i + 1; j < usable.size(); ++j) {
      if (differ_in_the_cut_alone(*usable[i], *usable[j])) {
        rank(*usable[i], *usable[j], summary.ranking);
      }
    }
  }
  summary.carried = static_cast<int>(usable.size());
  summary.emulation = spread_of(std::move(emulation));
  summary.prediction = spread_of(std::move(prediction));
  summary.informed_prediction = spread_of(std::move(informed));
  return summary;
}

std::string fidelity_summary_to_json(const FidelitySummary& summary) {
  nlohmann::ordered_json json;
  json["format"] = "acceptlab-fidelity";
  json["version"] = 1;
  json["points"] = summary.points;
  json["carried_points"] = summary.carried;
  write_spread(summary.emulation, json["emulation_error"]);
  write_spread(summary.prediction, json["prediction_error"]);
  write_spread(summary.informed_prediction, json["informed_prediction_error"]);
  json["cut_ranking"]["least_difference_percent"] = 100.0 * CutRanking::kLeastDifference;
  json["cut_ranking"]["pairs"] = summary.ranking.pairs;
  json["cut_ranking"]["agreeing_pairs"] = summary.ranking.agreeing;
  return dump_json(json);
}

}  // namespace acceptlab::results
