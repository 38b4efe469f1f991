#include <fmt/format.h>

#include <string>
#include <vector>

#include "results/csv.h"
#include "results/fidelity.h"
#include "results/render.h"
#include "results/text_table.h"

namespace acceptlab::results {
namespace {

std::string cell(const std::optional<double>& value, int decimals) {
  return value ? format_fixed(*value, decimals) : "-";
}

std::string points_text(const std::vector<FidelityRow>& rows) {
  TextTable table({"point", "Mbit/s", "bandwidth", "codec", "cut", "bottleneck", "real ms",
                   "emulated ms", "error %", "predicted ms", "error %", "informed ms", "error %"});
  for (const FidelityRow& row : rows) {
    table.row({std::to_string(row.point) + (row.carried ? "" : "*"),
               format_fixed(row.bandwidth_mbit_s, 1), row.bandwidth_model, row.codec, row.cut,
               row.error.empty() ? row.bottleneck : "failed", cell(row.real_ms_per_batch, 2),
               cell(row.emulated_ms_per_batch, 2), cell(row.error_percent(), 2),
               cell(row.predicted_ms_per_batch, 2), cell(row.prediction_error_percent(), 2),
               cell(row.informed_prediction_ms_per_batch, 2),
               cell(row.informed_prediction_error_percent(), 2)});
  }
  return table.render(2);
}

std::string spread_text(const char* name, const ErrorSpread& spread) {
  return fmt::format(
      "{:<22}median {:.2f} %, 95th percentile {:.2f} %, worst {:.2f} % of {} points\n", name,
      spread.median_percent, spread.percentile_95_percent, spread.worst_percent, spread.points);
}

std::string failures_text(const std::vector<FidelityRow>& rows) {
  std::string text;
  for (const FidelityRow& row : rows) {
    if (!row.error.empty()) text += fmt::format("point {} failed: {}\n", row.point, row.error);
  }
  return text;
}

}  // namespace

Result<std::string> render_fidelity(const std::filesystem::path& folder) {
  const Result<std::vector<FidelityRow>> read = read_fidelity(folder);
  if (!read) return read.error();
  const std::vector<FidelityRow>& rows = read.value();
  const FidelitySummary summary = sum_up(rows);
  std::string text = "Steady-state time per batch, real and emulated\n" + points_text(rows) + "\n";
  if (summary.carried < summary.points) {
    text += fmt::format("{} of {} points count: finished, and carried by the host (others: *)\n",
                        summary.carried, summary.points);
  }
  text += spread_text("emulation", summary.emulation);
  text += spread_text("prediction", summary.prediction);
  text += spread_text("informed prediction", summary.informed_prediction);
  text += fmt::format(
      "{:<22}the same cut is faster in {} of {} pairs that differ by more than {:g} %\n", "cuts",
      summary.ranking.agreeing, summary.ranking.pairs, 100.0 * CutRanking::kLeastDifference);
  return text + failures_text(rows);
}

}  // namespace acceptlab::results
