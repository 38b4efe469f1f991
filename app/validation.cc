#include "app/validation.h"

#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "app/links.h"
#include "app/point_files.h"
#include "app/process.h"
#include "app/progress.h"
#include "results/fidelity.h"
#include "results/fidelity_components.h"
#include "results/manifest.h"
#include "results/summary_json.h"
#include "results/text_file.h"
#include "runtime/base/result.h"
#include "scenarios/resolved.h"
#include "scenarios/sweep.h"

namespace acceptlab::app {

namespace {

namespace fs = std::filesystem;
using results::FidelityRow;
using results::RunSummary;
using scenarios::SweepPoint;

std::vector<SweepPoint> points_of(const std::vector<scenarios::Document>& documents) {
  std::vector<SweepPoint> all;
  for (const scenarios::Document& document : documents) {
    for (SweepPoint& point : scenarios::expand_sweep(document)) {
      point.index = all.size();
      all.push_back(std::move(point));
    }
  }
  return all;
}

// What is swept, without the cut.
std::string setting_of(const SweepPoint& point) {
  std::string text;
  for (const auto& [key, value] : point.values) {
    if (key == "partition.cuts") continue;
    text += (text.empty() ? "" : ", ") + key + "=" + value;
  }
  return text;
}

std::string cut_of(const RunSummary& summary) {
  std::string text;
  for (std::size_t s = 0; s + 1 < summary.stages.size(); ++s) {
    text += (text.empty() ? "" : " ") + std::to_string(summary.stages[s].units.last_unit());
  }
  return text;
}

template <typename T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

// Both runs of a point.
struct Pair {
  RunSummary real;
  RunSummary emulated;
};

class Validation {
 public:
  explicit Validation(const ValidationRequest& request)
      : request_(request), points_(points_of(request.documents)) {}

  bool run() {
    for (const SweepPoint& point : points_) check_testbed(point.scenario, request_.host);
    say_loads();
    prepare_host();
    for (const char* name : {"points", "logs"}) fs::create_directories(request_.folder / name);
    for (std::size_t i = 0; i < points_.size(); ++i) keep_or_remove(i);
    write_tables();
    Progress progress("points", static_cast<int>(points_.size()));
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (pairs_.count(i) == 0 && run_point(i) == TestbedOutcome::kInterrupted) {
        std::fprintf(stderr,
                     "interrupted: the finished points are kept; the same command goes on with "
                     "the others\n");
        return false;
      }
      write_tables();
      const auto failed = errors_.find(i);
      progress.update(
          static_cast<int>(i) + 1,
          point_name(points_[i]) + (failed == errors_.end() ? "" : ": FAILED, " + failed->second));
    }
    return errors_.empty();
  }

 private:
  fs::path folder_of(std::size_t i) const {
    return request_.folder / "points" / point_name(points_[i]);
  }
  fs::path real_run(std::size_t i) const { return folder_of(i) / "real"; }
  fs::path emulated_run(std::size_t i) const { return folder_of(i) / "emulated"; }

  // Which points the host can carry.
  void say_loads() const {
    std::map<std::string, int> loads;
    for (const SweepPoint& point : points_) {
      const HostLoad load = load_of(point.scenario, request_.host.processors);
      ++loads[load.text + (load.carried ? ": the host carries them"
                                        : ": more than the host carries; marked, and not counted")];
    }
    for (const auto& [text, count] : loads) {
      std::fprintf(stderr, "%d points: %s\n", count, text.c_str());
    }
  }

  // A finished point is kept, what an interrupted one has left is removed.
  void keep_or_remove(std::size_t i) {
    fs::remove_all(real_run(i).string() + ".partial");
    fs::remove_all(emulated_run(i).string() + ".partial");
    if (request_.emulate_again) fs::remove_all(emulated_run(i));
    if (!fs::exists(real_run(i))) {
      fs::remove_all(emulated_run(i));
      return;
    }
    const std::string hash = value_or_throw(results::read_origin(real_run(i))).scenario_hash;
    if (hash != scenarios::scenario_hash(points_[i].scenario)) {
      throw ConfigError(real_run(i).string() +
                        ": holds the result of another scenario; use another --out folder");
    }
    if (fs::exists(emulated_run(i))) read_point(i);
  }

  TestbedOutcome run_point(std::size_t i) {
    try {
      if (!fs::exists(real_run(i))) {
        fs::create_directories(folder_of(i));
        const TestbedOutcome outcome =
            run_on_testbed({points_[i].scenario, request_.host, real_run(i), true});
        if (outcome == TestbedOutcome::kInterrupted) {
          fs::remove_all(real_run(i));  // of fewer batches, where the central node had time
          return outcome;
        }
      }
      emulate(i);
      read_point(i);
    } catch (const std::exception& error) {
      errors_[i] = error.what();
    }
    return TestbedOutcome::kTrained;
  }

  // In a process of its own: the simulator is one a process. Times alone: the real run has trained.
  void emulate(std::size_t i) const {
    Program program;
    program.words = {own_program(),   "emulate-from",          real_run(i).string(),
                     "--no-numerics", "--stage-times",         request_.stage_times,
                     "--out",         emulated_run(i).string()};
    program.log = request_.folder / "logs" / (point_name(points_[i]) + ".log");
    if (run_program(program) != 0) {
      throw std::runtime_error("emulation: " + last_line_of(program.log));
    }
    fs::remove(program.log);
  }

  void read_point(std::size_t i) {
    pairs_[i] = {value_or_throw(results::read_summary(real_run(i))),
                 value_or_throw(results::read_summary(emulated_run(i)))};
  }

  FidelityRow row_of(std::size_t i) const {
    const scenarios::Scenario& scenario = points_[i].scenario;
    FidelityRow row;
    row.point = static_cast<int>(i) + 1;  // as in the folders' names
    row.name = point_name(points_[i]);
    row.scenario = scenario.name;
    row.setting = setting_of(points_[i]);
    row.bandwidth_model = scenarios::to_string(scenario.network.link.bandwidth_model);
    row.bandwidth_mbit_s = long_run_mbit_s(scenario.network.link);
    row.codec = scenario.codec.is_chosen() ? "chosen"
                                           : scenario.codec.forward + "/" + scenario.codec.backward;
    row.carried = load_of(scenario, request_.host.processors).carried;
    if (const auto failed = errors_.find(i); failed != errors_.end()) row.error = failed->second;
    if (const auto done = pairs_.find(i); done != pairs_.end()) {
      const Pair& pair = done->second;
      row.cut = cut_of(pair.real);
      row.bottleneck = pair.real.bottleneck.kind;
      row.real_ms_per_batch = pair.real.time_per_batch_ms;
      row.emulated_ms_per_batch = pair.emulated.time_per_batch_ms;
      row.predicted_ms_per_batch = pair.real.predicted_time_per_batch_ms;
      row.informed_prediction_ms_per_batch = pair.emulated.predicted_time_per_batch_ms;
    }
    return row;
  }

  void write_tables() const {
    std::vector<FidelityRow> rows;
    std::string components = results::components_header();
    for (std::size_t i = 0; i < points_.size(); ++i) {
      rows.push_back(row_of(i));
      const auto done = pairs_.find(i);
      if (done == pairs_.end()) continue;
      const Pair& pair = done->second;
      components += results::components_to_csv(static_cast<int>(i) + 1,
                                               results::components_of(pair.real, pair.emulated),
                                               pair.real.time_per_batch_ms);
    }
    write("fidelity.csv", results::fidelity_to_csv(rows));
    write("fidelity_components.csv", components);
    write("fidelity_summary.json", results::fidelity_summary_to_json(results::sum_up(rows)));
  }

  void write(const char* name, const std::string& text) const {
    value_or_throw(results::replace_text(request_.folder / name, text));
  }

  const ValidationRequest& request_;
  const std::vector<SweepPoint> points_;
  std::map<std::size_t, Pair> pairs_;  // finished points
  std::map<std::size_t, std::string> errors_;
};

}  // namespace

bool run_validation(const ValidationRequest& request) { return Validation(request).run(); }

}  // namespace acceptlab::app
