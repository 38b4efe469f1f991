#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/predictor/accuracy.h"
#include "predictor/structure.h"

namespace acceptlab::app {

// A table made by others: a row a network, made of `blocks` blocks of one of `operations` each; a
// column of latencies a device.
struct LatencyTable {
  int features = 0;  // blocks * operations, one-hot
  std::vector<predictor::Structure> structures;
  std::vector<std::string> devices;
  std::vector<std::vector<double>> times_ms;  // [device][row]

  // Throws ConfigError, naming what there is, on an unknown device.
  std::size_t device(const std::string& name) const;
};

// "22x9": blocks x operations.
struct OneHot {
  int blocks = 0;
  int operations = 0;
};

// Rows [begin, end), counted from 0.
struct RowRange {
  int begin = 0;
  int end = 0;
};

// Throw ConfigError on text of another form.
OneHot parse_one_hot(const std::string& text);
RowRange parse_rows(const std::string& text);
std::vector<int> parse_row_list(const std::string& text);  // "3328,3790"

// Reads a CSV file whose first column is a string of operation digits (one a block, 0 to
// operations - 1) and whose columns DEVICE_ms are latencies. Throws ConfigError, naming file, line
// and column, on anything else.
LatencyTable read_latency_table(const std::filesystem::path& csv, const OneHot& one_hot);

struct LatencyTask {
  std::vector<int> probes;  // rows that an unseen device is known by
  RowRange train_rows;
  RowRange test_rows;
  std::vector<std::string> train_devices;
  std::vector<std::string> test_devices;
};

struct LatencyResult {
  std::string device;
  Accuracy accuracy;  // from its probes alone
  Accuracy own_fit;   // of the additive form fitted to the device's own training rows: what noise
                      // and the form leave to be reached
};

// Trains the closed form on the training devices and predicts the test rows of every test device
// from its probes. Throws ConfigError on rows outside the table, unknown devices, a device in both
// lists, empty lists.
std::vector<LatencyResult> evaluate_latency_table(const LatencyTable& table,
                                                  const LatencyTask& task);

}  // namespace acceptlab::app
