#include "app/predictor/latency_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "app/predictor/table_field.h"
#include "predictor/additive_prior.h"
#include "predictor/device_posterior.h"
#include "results/csv.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using predictor::AdditivePrior;
using predictor::DeviceObservations;
using predictor::Observation;
using predictor::Structure;

constexpr double kMaxMs = 1e9;

int whole_number(const std::string& text, const std::string& what) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    throw ConfigError(what + ": '" + text + "' is no whole number");
  }
  return value;
}

// The two numbers around `separator`.
std::pair<int, int> pair_of(const std::string& text, char separator, const std::string& what) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos) {
    throw ConfigError(what + ": '" + text + "' has no '" + separator + "'");
  }
  return {whole_number(text.substr(0, at), what), whole_number(text.substr(at + 1), what)};
}

Structure structure_of(const std::string& digits, const OneHot& one_hot, const std::string& where) {
  if (static_cast<int>(digits.size()) != one_hot.blocks) {
    throw ConfigError(fmt::format("{}: '{}' has {} digits, need {}", where, digits, digits.size(),
                                  one_hot.blocks));
  }
  Structure structure;
  for (int block = 0; block < one_hot.blocks; ++block) {
    const int operation = digits[static_cast<std::size_t>(block)] - '0';
    if (operation < 0 || operation >= one_hot.operations) {
      throw ConfigError(fmt::format("{}: digit {} of '{}' must be in 0..{}", where, block + 1,
                                    digits, one_hot.operations - 1));
    }
    structure.push_back(block * one_hot.operations + operation);
  }
  return structure;
}

void check_rows(const char* what, const RowRange& rows, std::size_t count) {
  if (rows.begin < rows.end && rows.end <= static_cast<int>(count)) return;
  throw ConfigError(
      fmt::format("{} {}:{}: the table has rows 0:{}", what, rows.begin, rows.end, count));
}

void check(const LatencyTable& table, const LatencyTask& task) {
  check_rows("--train-rows", task.train_rows, table.structures.size());
  check_rows("--test-rows", task.test_rows, table.structures.size());
  if (task.probes.empty()) throw ConfigError("--probes: there are none");
  for (const int row : task.probes) check_rows("--probes", {row, row + 1}, table.structures.size());
  if (task.test_devices.empty()) throw ConfigError("--test-devices: there are none");
  const std::set<std::string> trained(task.train_devices.begin(), task.train_devices.end());
  for (const std::string& device : task.test_devices) {
    if (trained.count(device) == 0) continue;
    throw ConfigError("device '" + device + "' is both trained on and tested");
  }
}

// What crosses from the table to the predictor, and back.
class Evaluator {
 public:
  Evaluator(const LatencyTable& table, const LatencyTask& task) : table_(table), task_(task) {
    for (const int row : task.probes) probes_.push_back(structure(row));
  }

  AdditivePrior train() const {
    std::vector<DeviceObservations> devices;
    for (const std::string& name : task_.train_devices) {
      devices.push_back({name, rows(table_.device(name), task_.train_rows)});
    }
    return predictor::fit_additive_prior(table_.features, 1, devices, probes_);
  }

  LatencyResult test(const AdditivePrior& prior, const std::string& name) const {
    const std::size_t device = table_.device(name);
    std::vector<Observation> first;
    for (const int row : task_.probes) first.push_back(observation(device, row));
    const predictor::DevicePosterior posterior(prior, first);
    LatencyResult result;
    result.device = name;
    result.accuracy = accuracy(
        device, [&posterior](const Structure& s) { return posterior.estimate(s, 0).mean_ms; });
    const std::vector<double> own =
        predictor::fit_additive_times(table_.features, 1, rows(device, task_.train_rows));
    result.own_fit = accuracy(device, [&own](const Structure& s) {
      double sum = 0.0;
      for (const int f : s) sum += own[static_cast<std::size_t>(f)];
      return sum;
    });
    return result;
  }

 private:
  const Structure& structure(int row) const {
    return table_.structures[static_cast<std::size_t>(row)];
  }
  Observation observation(std::size_t device, int row) const {
    return {structure(row), {table_.times_ms[device][static_cast<std::size_t>(row)]}};
  }
  std::vector<Observation> rows(std::size_t device, RowRange range) const {
    std::vector<Observation> all;
    for (int row = range.begin; row < range.end; ++row) all.push_back(observation(device, row));
    return all;
  }
  template <typename Predict>
  Accuracy accuracy(std::size_t device, Predict predict) const {
    std::vector<double> predicted;
    std::vector<double> measured;
    for (int row = task_.test_rows.begin; row < task_.test_rows.end; ++row) {
      predicted.push_back(predict(structure(row)));
      measured.push_back(table_.times_ms[device][static_cast<std::size_t>(row)]);
    }
    return accuracy_of(predicted, measured);
  }

  const LatencyTable& table_;
  const LatencyTask& task_;
  std::vector<Structure> probes_;
};

}  // namespace

std::size_t LatencyTable::device(const std::string& name) const {
  const auto found = std::find(devices.begin(), devices.end(), name);
  if (found != devices.end()) return static_cast<std::size_t>(found - devices.begin());
  throw ConfigError(
      fmt::format("device '{}' is not in the table, which has {}", name, fmt::join(devices, ", ")));
}

OneHot parse_one_hot(const std::string& text) {
  const auto [blocks, operations] = pair_of(text, 'x', "--onehot");
  if (blocks < 1 || operations < 1 || operations > 10 || blocks > 4096) {
    throw ConfigError("--onehot: '" + text + "' must be of 1..4096 blocks x 1..10 operations");
  }
  return {blocks, operations};
}

RowRange parse_rows(const std::string& text) {
  const auto [begin, end] = pair_of(text, ':', "rows");
  return {begin, end};
}

std::vector<int> parse_row_list(const std::string& text) {
  std::vector<int> rows;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    rows.push_back(whole_number(text.substr(begin, end - begin), "--probes"));
    begin = end + 1;
  }
  return rows;
}

LatencyTable read_latency_table(const std::filesystem::path& csv, const OneHot& one_hot) {
  Result<results::CsvTable> read = results::read_csv(csv, results::LastLine::kIsWhole);
  if (!read) throw ConfigError(read.error().message);
  const results::CsvTable rows = std::move(read).value();
  LatencyTable table;
  table.features = one_hot.blocks * one_hot.operations;
  for (std::size_t r = 0; r < rows.rows.size(); ++r) {
    table.structures.push_back(
        structure_of(rows.rows[r][0], one_hot, csv.string() + ":" + std::to_string(r + 2)));
  }
  const TableField fields(csv, rows);
  const std::string suffix = "_ms";
  for (std::size_t c = 1; c < rows.columns.size(); ++c) {
    const std::string& column = rows.columns[c];
    if (column.size() <= suffix.size() ||
        column.compare(column.size() - suffix.size(), suffix.size(), suffix) != 0) {
      throw ConfigError(csv.string() + ":1: column '" + column + "' is not named DEVICE_ms");
    }
    table.devices.push_back(column.substr(0, column.size() - suffix.size()));
    std::vector<double> times;
    for (std::size_t r = 0; r < rows.rows.size(); ++r) {
      times.push_back(fields.number(r, column, 1e-9, kMaxMs));
    }
    table.times_ms.push_back(std::move(times));
  }
  return table;
}

std::vector<LatencyResult> evaluate_latency_table(const LatencyTable& table,
                                                  const LatencyTask& task) {
  check(table, task);
  const Evaluator evaluator(table, task);
  const AdditivePrior prior = evaluator.train();
  std::vector<LatencyResult> results;
  for (const std::string& device : task.test_devices) {
    results.push_back(evaluator.test(prior, device));
  }
  return results;
}

}  // namespace acceptlab::app
