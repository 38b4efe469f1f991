#include "results/stage_times.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "results/csv.h"

namespace acceptlab::results {

namespace {

namespace fs = std::filesystem;

class Reader {
 public:
  Reader(const CsvTable& table, fs::path file) : table_(table), file_(std::move(file)) {}

  Result<std::map<DeviceId, StageRecord>> read() {
    for (std::size_t row = 0; row < table_.rows.size() && broken_.empty(); ++row) {
      if (number(row, "epoch") == 0.0 && number(row, "term") == 0.0) add(row);
    }
    if (!broken_.empty()) return Error{ErrorKind::kCorrupt, broken_};
    return std::move(stages_);
  }

 private:
  void add(std::size_t row) {
    StageRecord& stage = stages_[DeviceId{static_cast<int>(number(row, "device"))}];
    stage.stage = static_cast<int>(number(row, "stage"));
    if (number(row, "batch") != static_cast<double>(stage.batches.size())) {
      return breaks(row, "batch", "is not the one that follows");
    }
    BatchTimes& times = stage.batches.emplace_back();
    const std::array<std::pair<const char*, Duration*>, 7> columns = {{
        {"forward_ms", &times.forward},
        {"backward_ms", &times.backward},
        {"encode_ms", &times.encode},
        {"decode_ms", &times.decode},
        {"update_ms", &times.update},
        {"wait_ms", &times.wait},
        {"finished_ms", &times.finished},
    }};
    for (const auto& [column, time] : columns) *time = from_milliseconds(number(row, column));
  }

  double number(std::size_t row, const char* column) {
    const std::optional<double> value = parse_number(table_.at(row, column));
    if (!value) breaks(row, column, "is no number");
    return value.value_or(0.0);
  }

  // The first thing that is wrong counts.
  void breaks(std::size_t row, const char* column, const char* how) {
    if (!broken_.empty()) return;
    broken_ = file_.string() + ":" + std::to_string(row + 2) + ": column " + column + ": '" +
              table_.at(row, column) + "' " + how;
  }

  const CsvTable& table_;
  const fs::path file_;
  std::map<DeviceId, StageRecord> stages_;
  std::string broken_;
};

// Of mini-batches [first, end), as far as they are there.
Duration sum(const StageRecord& record, int first, int end, Duration BatchTimes::*part) {
  Duration total{0};
  end = std::min(end, static_cast<int>(record.batches.size()));
  for (int b = first; b < end; ++b) total += record.batches[static_cast<std::size_t>(b)].*part;
  return total;
}

}  // namespace

Result<std::map<DeviceId, StageRecord>> read_stage_records(const fs::path& run) {
  const fs::path file = run / "batches.csv";
  const Result<CsvTable> table = read_csv(file);
  if (!table) return table.error();
  return Reader(table.value(), file).read();
}

Result<StageTimes> mean_of(const StageRecord& record, BatchRange range, int window) {
  if (range.end > static_cast<int>(record.batches.size())) {
    return Error{ErrorKind::kCorrupt,
                 "batches.csv: stage " + std::to_string(record.stage) + " has the first " +
                     std::to_string(record.batches.size()) + " mini-batches of the epoch, not " +
                     std::to_string(range.first) + " to " + std::to_string(range.end - 1)};
  }
  const auto total = [&](Duration BatchTimes::*part) {
    return sum(record, range.first, range.end, part);
  };
  const int batches = range.end - range.first;
  StageTimes mean;
  mean.forward = total(&BatchTimes::forward) / batches;
  mean.backward = total(&BatchTimes::backward) / batches;
  mean.encode = total(&BatchTimes::encode) / batches;
  mean.decode = total(&BatchTimes::decode) / batches;
  mean.update = total(&BatchTimes::update) / batches;
  if (range.first == 0) return mean;
  const auto finished = [&](int b) { return record.batches[static_cast<std::size_t>(b)].finished; };
  // Between the ends of two backwards, the forwards of later mini-batches have run; at the end of
  // an epoch there are none left.
  const Duration work =
      sum(record, range.first + window - 1, range.end + window - 1, &BatchTimes::forward) +
      total(&BatchTimes::backward) + total(&BatchTimes::encode) + total(&BatchTimes::decode) +
      total(&BatchTimes::update);
  const Duration passed = finished(range.end - 1) - finished(range.first - 1);
  mean.between = std::max(Duration(0), (passed - work - total(&BatchTimes::wait)) / batches);
  return mean;
}

}  // namespace acceptlab::results
