#include "results/sweep_csv.h"

#include <functional>

#include "results/csv.h"
#include "results/text_file.h"
#include "runtime/base/check.h"

namespace acceptlab::results {
namespace {

// A column of figures: empty where the summary has none.
struct Figure {
  const char* column;
  std::function<std::string(const RunSummary&)> value;
};

std::string fixed(std::optional<double> value, int decimals) {
  return value ? format_fixed(*value, decimals) : "";
}

const std::vector<Figure>& figures() {
  using S = RunSummary;
  static const std::vector<Figure> all{
      {"method", [](const S& s) { return s.method; }},
      {"bandwidth_mbit_s", [](const S& s) { return fixed(s.bandwidth_mbit_s, 6); }},
      {"time_per_batch_ms", [](const S& s) { return format_fixed(s.time_per_batch_ms, 6); }},
      {"median_time_per_batch_ms",
       [](const S& s) { return format_fixed(s.median_time_per_batch_ms, 6); }},
      {"samples_per_s", [](const S& s) { return format_fixed(s.samples_per_s, 3); }},
      {"single_device_ms", [](const S& s) { return fixed(s.single_device_ms, 6); }},
      {"speedup_over_single", [](const S& s) { return fixed(s.speedup_over_single, 4); }},
      {"predicted_time_per_batch_ms",
       [](const S& s) { return fixed(s.predicted_time_per_batch_ms, 6); }},
      {"prediction_error_percent", [](const S& s) { return fixed(s.prediction_error_percent, 3); }},
      {"stages", [](const S& s) { return std::to_string(s.stages.size()); }},
      {"bubble_percent", [](const S& s) { return format_fixed(s.bubble_percent, 3); }},
      {"bottleneck", [](const S& s) { return s.bottleneck.name; }},
      {"bottleneck_busy_ms", [](const S& s) { return format_fixed(s.bottleneck.busy_ms, 6); }},
      {"batches", [](const S& s) { return std::to_string(s.batches); }},
      {"measured_batches", [](const S& s) { return std::to_string(s.measured_batches); }},
      {"train_s", [](const S& s) { return format_fixed(s.train_s, 6); }},
      {"evaluation_s", [](const S& s) { return format_fixed(s.evaluation_s, 6); }},
      {"activation_bytes", [](const S& s) { return std::to_string(s.activation_bytes); }},
      {"gradient_bytes", [](const S& s) { return std::to_string(s.gradient_bytes); }},
      {"activation_bits_per_value",
       [](const S& s) { return fixed(s.activation_bits_per_value, 4); }},
      {"gradient_bits_per_value", [](const S& s) { return fixed(s.gradient_bits_per_value, 4); }},
      {"train_loss_nats", [](const S& s) { return fixed(s.train_loss_nats, 6); }},
      {"train_accuracy_percent", [](const S& s) { return fixed(s.train_accuracy_percent, 4); }},
      {"test_loss_nats", [](const S& s) { return fixed(s.test_loss_nats, 6); }},
      {"test_accuracy_percent", [](const S& s) { return fixed(s.test_accuracy_percent, 4); }},
      {"data_set",
       [](const S& s) { return s.data_set + (s.synthetic_data ? " (synthetic)" : ""); }},
      {"network_model", [](const S& s) { return s.network_model; }},
      {"cost_source", [](const S& s) { return s.cost_source; }},
  };
  return all;
}

bool has_own_column(const std::string& key) { return key == "method"; }

std::vector<std::string> header(const SweepRow& row) {
  std::vector<std::string> columns{"point", "run", "status"};
  for (const auto& [key, value] : row.values) {
    if (!has_own_column(key)) columns.push_back(key);
  }
  for (const Figure& figure : figures()) columns.emplace_back(figure.column);
  return columns;
}

// A point without a result still has the method it was to run, where that is swept.
std::string figure_of(const Figure& figure, const SweepRow& row) {
  if (row.summary) return figure.value(*row.summary);
  for (const auto& [key, value] : row.values) {
    if (key == figure.column && has_own_column(key)) return value;
  }
  return "";
}

std::string status_of(const SweepRow& row) {
  if (row.summary) return "ok";
  return row.error.empty() ? "missing" : "failed: " + row.error;
}

std::vector<std::string> fields(const SweepRow& row) {
  std::vector<std::string> fields{std::to_string(row.index), row.run, status_of(row)};
  for (const auto& [key, value] : row.values) {
    if (!has_own_column(key)) fields.push_back(value);
  }
  for (const Figure& figure : figures()) fields.push_back(figure_of(figure, row));
  return fields;
}

bool same_keys(const SweepRow& a, const SweepRow& b) {
  if (a.values.size() != b.values.size()) return false;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    if (a.values[i].first != b.values[i].first) return false;
  }
  return true;
}

}  // namespace

std::string sweep_to_csv(const std::vector<SweepRow>& rows) {
  std::string text = csv_line(header(rows.empty() ? SweepRow{} : rows.front()));
  for (const SweepRow& row : rows) {
    ACCEPTLAB_CHECK(same_keys(row, rows.front()));
    text += csv_line(fields(row));
  }
  return text;
}

Result<std::filesystem::path> write_sweep(const std::filesystem::path& sweep_folder,
                                          const std::vector<SweepRow>& rows) {
  return replace_text(sweep_folder / "sweep.csv", sweep_to_csv(rows));
}

}  // namespace acceptlab::results
