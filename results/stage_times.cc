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
  Reader(const CsvTable& table, fs::path file, BatchRange batches)
      : table_(table), file_(std::move(file)), batches_(batches) {}

  Result<std::map<DeviceId, StageTimes>> read() {
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
      if (number(row, "epoch") == 0.0 && number(row, "term") == 0.0) add(row);
    }
    if (!broken_.empty()) return Error{ErrorKind::kCorrupt, broken_};
    const int wanted = batches_.end - batches_.first;
    for (auto& [device, stage] : stages_) {
      StageTimes& times = stage.times;
      if (times.batches != wanted) {
        return Error{ErrorKind::kCorrupt, file_.string() + ": device " +
                                              std::to_string(device.value) + " has " +
                                              std::to_string(times.batches) + " of the " +
                                              std::to_string(wanted) + " mini-batches " + range()};
      }
      Duration accounted = stage.wait / wanted;
      for (Duration* sum : parts(times)) accounted += (*sum /= wanted);
      if (stage.began) {
        times.between = std::max(Duration(0), (stage.ended - *stage.began) / wanted - accounted);
      }
      means_[device] = times;
    }
    if (means_.empty()) {
      return Error{ErrorKind::kCorrupt, file_.string() + ": has no mini-batches " + range()};
    }
    return std::move(means_);
  }

 private:
  struct Stage {
    StageTimes times;  // sums, then means
    Duration wait{0};
    std::optional<Duration> began;  // when the mini-batch before the first was finished
    Duration ended{0};
  };

  static std::array<Duration*, 5> parts(StageTimes& times) {
    return {&times.forward, &times.backward, &times.encode, &times.decode, &times.update};
  }

  std::string range() const {
    return std::to_string(batches_.first) + " to " + std::to_string(batches_.end - 1);
  }

  void add(std::size_t row) {
    const double batch = number(row, "batch");
    if (batch < batches_.first - 1 || batch >= batches_.end) return;
    Stage& stage = stages_[DeviceId{static_cast<int>(number(row, "device"))}];
    const Duration finished = from_milliseconds(number(row, "finished_ms"));
    if (batch < batches_.first) {
      stage.began = finished;
      return;
    }
    stage.ended = std::max(stage.ended, finished);
    stage.wait += from_milliseconds(number(row, "wait_ms"));
    ++stage.times.batches;
    const std::array<const char*, 5> columns = {"forward_ms", "backward_ms", "encode_ms",
                                                "decode_ms", "update_ms"};
    const std::array<Duration*, 5> sums = parts(stage.times);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      *sums[i] += from_milliseconds(number(row, columns[i]));
    }
  }

  double number(std::size_t row, const char* column) {
    const std::optional<double> value = parse_number(table_.at(row, column));
    if (!value && broken_.empty()) {
      broken_ = file_.string() + ":" + std::to_string(row + 2) + ": column " + column + ": '" +
                table_.at(row, column) + "' is no number";
    }
    return value.value_or(0.0);
  }

  const CsvTable& table_;
  const fs::path file_;
  const BatchRange batches_;
  std::map<DeviceId, Stage> stages_;
  std::map<DeviceId, StageTimes> means_;
  std::string broken_;  // the first thing that is no number
};

}  // namespace

Result<std::map<DeviceId, StageTimes>> read_stage_times(const fs::path& run, BatchRange batches) {
  const fs::path file = run / "batches.csv";
  const Result<CsvTable> table = read_csv(file);
  if (!table) return table.error();
  return Reader(table.value(), file, batches).read();
}

}  // namespace acceptlab::results
