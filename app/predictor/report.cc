#include "app/predictor/report.h"

#include <fmt/format.h>

#include <vector>

#include "results/csv.h"
#include "results/json_object.h"
#include "results/text_file.h"
#include "results/text_table.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using OrderedJson = nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

std::string cell(double value, int decimals) { return results::format_fixed(value, decimals); }

std::vector<std::string> cells(const Accuracy& a) {
  return {cell(a.mape_percent, 2), cell(a.within_5_percent, 1), cell(a.within_10_percent, 1),
          cell(a.worst_percent, 1), cell(a.spearman, 4)};
}

std::vector<std::string> joined(std::vector<std::string> left,
                                const std::vector<std::string>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Rows accuracy_rows(const EvaluationReport& report) {
  Rows rows = {{"group", "predictor", "measurements", "devices", "mape_percent", "within_5_percent",
                "within_10_percent", "worst_percent", "spearman"}};
  for (const GroupAccuracy& g : report.accuracies) {
    rows.push_back(joined(
        {g.group, g.contestant, std::to_string(g.measurements), std::to_string(g.devices.size())},
        cells(g.mean)));
  }
  return rows;
}

Rows device_rows(const EvaluationReport& report) {
  Rows rows = {{"group", "predictor", "device", "mape_percent", "within_5_percent",
                "within_10_percent", "worst_percent", "spearman"}};
  for (const GroupAccuracy& g : report.accuracies) {
    for (std::size_t d = 0; d < g.devices.size(); ++d) {
      rows.push_back(joined({g.group, g.contestant, g.devices[d]}, cells(g.each[d])));
    }
  }
  return rows;
}

Rows adaptation_rows(const EvaluationReport& report) {
  Rows rows = {{"samples", "mape_percent", "within_10_percent", "covered_percent"}};
  for (const AdaptationPoint& p : report.adaptation) {
    rows.push_back({std::to_string(p.samples), cell(p.mape_percent, 2),
                    cell(p.within_10_percent, 1), cell(p.covered_percent, 1)});
  }
  return rows;
}

Rows regret_rows(const EvaluationReport& report) {
  Rows rows = {{"predictor", "cases", "mean", "percentile_95", "worst"}};
  for (const Regret& r : report.regrets) {
    rows.push_back({r.contestant, std::to_string(r.cases), cell(r.mean, 4),
                    cell(r.percentile_95, 4), cell(r.worst, 4)});
  }
  return rows;
}

std::string as_text(const Rows& rows) {
  results::TextTable table(rows.front());
  for (std::size_t r = 1; r < rows.size(); ++r) table.row(rows[r]);
  return table.render();
}

void write_rows(const Rows& rows, const std::filesystem::path& file) {
  std::string text;
  for (const auto& row : rows) text += results::csv_line(row);
  const auto written = results::replace_text(file, text);
  if (!written) throw ConfigError(written.error().message);
}

}  // namespace

OrderedJson to_json(const Accuracy& accuracy) {
  return {{"mape_percent", accuracy.mape_percent},
          {"within_5_percent", accuracy.within_5_percent},
          {"within_10_percent", accuracy.within_10_percent},
          {"worst_percent", accuracy.worst_percent},
          {"spearman", accuracy.spearman}};
}

OrderedJson to_json(const EvaluationReport& report) {
  OrderedJson json;
  json["accuracy"] = OrderedJson::array();
  for (const GroupAccuracy& g : report.accuracies) {
    OrderedJson group = {{"group", g.group},
                         {"predictor", g.contestant},
                         {"measurements", g.measurements},
                         {"mean", to_json(g.mean)}};
    for (std::size_t d = 0; d < g.devices.size(); ++d) {
      group["devices"][g.devices[d]] = to_json(g.each[d]);
    }
    json["accuracy"].push_back(std::move(group));
  }
  json["adaptation"] = OrderedJson::array();
  for (const AdaptationPoint& p : report.adaptation) {
    json["adaptation"].push_back({{"samples", p.samples},
                                  {"mape_percent", p.mape_percent},
                                  {"within_10_percent", p.within_10_percent},
                                  {"covered_percent", p.covered_percent}});
  }
  json["regret"] = OrderedJson::array();
  for (const Regret& r : report.regrets) {
    json["regret"].push_back({{"predictor", r.contestant},
                              {"cases", r.cases},
                              {"mean", r.mean},
                              {"percentile_95", r.percentile_95},
                              {"worst", r.worst}});
  }
  return json;
}

std::string report_text(const EvaluationReport& report) {
  return "Forward plus backward of all sub-models, means over devices:\n\n" +
         as_text(accuracy_rows(report)) +
         "\nClosed form on unseen devices, after online samples (intervals should cover 90 "
         "%):\n\n" +
         as_text(adaptation_rows(report)) +
         "\nBottleneck of the cut chosen over that of the best cut, unseen devices:\n\n" +
         as_text(regret_rows(report));
}

void write_report(const EvaluationReport& report, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw ConfigError(folder.string() + ": " + error.message());
  const auto written =
      results::replace_text(folder / "evaluation.json", results::dump_json(to_json(report)));
  if (!written) throw ConfigError(written.error().message);
  write_rows(accuracy_rows(report), folder / "accuracy.csv");
  write_rows(device_rows(report), folder / "devices.csv");
  write_rows(adaptation_rows(report), folder / "adaptation.csv");
  write_rows(regret_rows(report), folder / "regret.csv");
}

}  // namespace acceptlab::app
