#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace acceptlab::results {

// One experiment done twice: on real devices, and emulated with what was measured on them. Times
// are of steady state, ms per mini-batch, as summary.json has them.
struct FidelityRow {
  int point = 0;         // from 1
  std::string name;      // of its folder
  std::string scenario;  // title
  std::string setting;   // what is swept, without the cut: "k=v, k=v"
  std::string cut;       // last unit of every stage but the last: "4 10"
  std::string bandwidth_model;
  double bandwidth_mbit_s = 0.0;  // long-run mean
  std::string codec;              // forward/backward
  std::string bottleneck;         // "stage" or "link", of the real run
  bool carried = true;            // the host could give every device its share
  std::string error;              // why there is no result
  std::optional<double> real_ms_per_batch;
  std::optional<double> emulated_ms_per_batch;
  std::optional<double> predicted_ms_per_batch;  // by the partitioner, before the run
  // By the partitioner, of the same stages, with the stage times that the emulation is given.
  std::optional<double> informed_prediction_ms_per_batch;

  // Of each against the real time; > 0: too slow. Nothing where either is missing.
  std::optional<double> error_percent() const;
  std::optional<double> prediction_error_percent() const;
  std::optional<double> informed_prediction_error_percent() const;
};

// The content of fidelity.csv: a row per point.
std::string fidelity_to_csv(const std::vector<FidelityRow>& rows);
// Reads it back. Returns kConfig or kCorrupt, naming the file.
Result<std::vector<FidelityRow>> read_fidelity(const std::filesystem::path& folder);

// Absolute errors; a percentile is the smallest error that so many percent do not exceed.
struct ErrorSpread {
  int points = 0;
  double median_percent = 0.0;
  double percentile_95_percent = 0.0;
  double worst_percent = 0.0;
};
ErrorSpread spread_of(std::vector<double> errors_percent);

// Pairs of points that differ in the cut alone, where it makes a real difference.
struct CutRanking {
  static constexpr double kLeastDifference = 0.03;
  int pairs = 0;
  int agreeing = 0;  // the emulation finds the same one faster
};

// Of the points that the host could carry; the others say nothing about the emulation.
struct FidelitySummary {
  int points = 0;   // in all
  int carried = 0;  // of those, carried and finished
  ErrorSpread emulation;
  ErrorSpread prediction;
  ErrorSpread informed_prediction;
  CutRanking ranking;
};
FidelitySummary sum_up(const std::vector<FidelityRow>& rows);

// The content of fidelity_summary.json.
std::string fidelity_summary_to_json(const FidelitySummary& summary);

}  // namespace acceptlab::results
