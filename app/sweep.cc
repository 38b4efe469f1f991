#include "app/sweep.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "app/point_files.h"
#include "app/process_pool.h"
#include "app/profiles.h"
#include "app/progress.h"
#include "app/training_run.h"
#include "results/manifest.h"
#include "results/summary_json.h"
#include "results/sweep_csv.h"
#include "runtime/base/result.h"
#include "scenarios/resolved.h"
#include "scenarios/sweep.h"

namespace acceptlab::app {

namespace {

namespace fs = std::filesystem;

constexpr int kProfileRepetitions = 5;

class Sweep {
 public:
  explicit Sweep(const SweepRequest& request)
      : request_(request), points_(scenarios::expand_sweep(request.document)) {
    manifest_.shard = request.shard;
    for (const scenarios::SweepPoint& point : points_) {
      manifest_.scenario_hashes.push_back(scenarios::scenario_hash(point.scenario));
    }
    if (request.shard.count > 1) keep_points_of_shard();
  }

  bool run() {
    check_shard_of_folder();
    prepare_folders();
    std::vector<std::size_t> missing = find_missing_points();
    write_manifest();
    read_finished_points();
    write_table();
    PoolOutcome outcome = make_profiles(missing);
    if (outcome.failed > 0) return false;
    if (!outcome.interrupted) outcome = run_points(missing);
    if (outcome.interrupted) {
      std::fprintf(stderr,
                   "interrupted: the finished points are kept; the same command goes on with the "
                   "others\n");
    }
    return !outcome.interrupted && errors_.empty();
  }

 private:
  // Shards must not plan by times that each machine measured for itself.
  void keep_points_of_shard() {
    const results::Shard shard = request_.shard;
    const std::size_t total = points_.size();
    if (static_cast<std::size_t>(shard.count) > total) {
      throw ConfigError("--shard " + results::to_string(shard) + ": the sweep has only " +
                        std::to_string(total) + " points");
    }
    std::vector<scenarios::SweepPoint> kept;
    for (scenarios::SweepPoint& point : points_) {
      if (point.scenario.cost.profile.empty()) {
        throw ConfigError("--shard " + results::to_string(shard) +
                          ": needs cost.profile, so that all shards plan with the same times; "
                          "'acceptlab profile' makes one");
      }
      if (shard.holds(static_cast<int>(point.index) + 1)) kept.push_back(std::move(point));
    }
    points_ = std::move(kept);
  }

  // Two shards in one folder would take each other's results for their own.
  void check_shard_of_folder() const {
    const fs::path& folder = request_.folder;
    if (!fs::exists(folder / "sweep.json")) return;
    const auto before = results::read_sweep_manifest(folder);
    if (!before) throw ConfigError(before.error().message);
    if (before.value().shard == manifest_.shard) return;
    throw ConfigError(folder.string() + ": holds shard " +
                      results::to_string(before.value().shard) + ", not " +
                      results::to_string(manifest_.shard) + "; use another --out folder");
  }

  void write_manifest() const {
    const auto written = results::write_sweep_manifest(request_.folder, manifest_);
    if (!written) throw ConfigError(written.error().message);
  }

  fs::path run_folder(std::size_t i) const {
    return request_.folder / "points" / point_name(points_[i]);
  }
  fs::path log_file(std::size_t i) const {
    return request_.folder / "logs" / (point_name(points_[i]) + ".log");
  }

  void prepare_folders() {
    std::error_code error;
    for (const char* name : {"points", "logs", "profiles"}) {
      fs::create_directories(request_.folder / name, error);
      if (error) {
        throw ConfigError((request_.folder / name).string() +
                          ": cannot be made: " + error.message());
      }
    }
  }

  // Points without a published run folder; what a killed process has left of one is removed.
  std::vector<std::size_t> find_missing_points() {
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const fs::path folder = run_folder(i);
      fs::remove_all(folder.string() + ".partial");
      if (request_.force) fs::remove_all(folder);
      if (!fs::exists(folder)) {
        missing.push_back(i);
        continue;
      }
      const Result<results::RunOrigin> origin = results::read_origin(folder);
      if (!origin) throw ConfigError(origin.error().message);
      if (origin.value().scenario_hash != manifest_.scenario_hashes[points_[i].index]) {
        throw ConfigError(folder.string() +
                          ": holds the result of another scenario; use another --out folder, or "
                          "--force to redo every point");
      }
    }
    return missing;
  }

  // The file with this host's times that a point plans with; none where its scenario names one.
  std::optional<fs::path> profile_file(const scenarios::Scenario& scenario) const {
    if (!scenario.cost.profile.empty()) return std::nullopt;
    char width[32];
    std::snprintf(width, sizeof width, "%g", scenario.model.width);
    return request_.folder / "profiles" /
           (scenario.model.name + "_width" + width + "_classes" +
            std::to_string(scenario.model.classes) + "_batch" +
            std::to_string(scenario.training.batch_samples) + ".json");
  }

  // One measurement for all points of a model and batch, so that all methods plan with the same
  // times. Not in this process, which must not compute before it forks.
  PoolOutcome make_profiles(const std::vector<std::size_t>& missing) {
    std::map<fs::path, const scenarios::Scenario*> wanted;
    for (const std::size_t i : missing) {
      const std::optional<fs::path> file = profile_file(points_[i].scenario);
      if (file && (request_.force || !fs::exists(*file))) wanted[*file] = &points_[i].scenario;
    }
    std::vector<Job> jobs;
    for (const auto& entry : wanted) {
      const fs::path file = entry.first;
      const scenarios::Scenario& scenario = *entry.second;
      jobs.push_back({"profile " + file.filename().string(),
                      [file, &scenario] {
                        return guarded([&] {
                          save_profile(
                              measure_profile(scenario.model, scenario.training.batch_samples,
                                              kProfileRepetitions),
                              file);
                        });
                      },
                      (request_.folder / "logs" / (file.stem().string() + ".log")).string()});
    }
    // One at a time: measurements beside each other disturb each other.
    return run_jobs(jobs, 1, [](const Job& job, bool succeeded) {
      if (succeeded) fs::remove(job.log);
      std::fprintf(stderr, "%s: %s\n", job.name.c_str(),
                   succeeded ? "measured" : ("failed, see " + job.log).c_str());
    });
  }

  PoolOutcome run_points(const std::vector<std::size_t>& missing) {
    std::vector<Job> jobs;
    std::map<std::string, std::size_t> point_of;
    for (const std::size_t i : missing) {
      const std::string name = point_name(points_[i]);
      point_of[name] = i;
      jobs.push_back(
          {name, [this, i] { return guarded([&] { run_point(i); }); }, log_file(i).string()});
    }
    const int total = static_cast<int>(points_.size());
    int done = total - static_cast<int>(missing.size());
    Progress progress("points", total);
    progress.update(done, done > 0 ? "finished before" : "starting");
    return run_jobs(jobs, request_.jobs, [&](const Job& job, bool succeeded) {
      const std::size_t i = point_of.at(job.name);
      if (succeeded) {
        fs::remove(job.log);
        read_result(i);
      } else {
        errors_[i] = last_line_of(job.log);
      }
      write_table();
      progress.update(++done, job.name + (succeeded ? "" : ": FAILED, see " + job.log));
    });
  }

  void run_point(std::size_t i) const {
    const scenarios::Scenario& scenario = points_[i].scenario;
    run_training({scenario, run_folder(i), request_.command, profile_file(scenario)});
  }

  template <typename Work>
  static int guarded(Work work) {
    try {
      work();
      return 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      return 1;
    }
  }

  void read_finished_points() {
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (fs::exists(run_folder(i))) read_result(i);
    }
  }

  void read_result(std::size_t i) {
    Result<results::RunSummary> summary = results::read_summary(run_folder(i));
    if (summary) {
      summaries_[i] = std::move(summary).value();
    } else {
      errors_[i] = summary.error().message;
    }
  }

  void write_table() const {
    std::vector<results::SweepRow> rows;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      results::SweepRow row;
      row.index = static_cast<int>(points_[i].index) + 1;  // as in the folders' names
      row.values = points_[i].values;
      if (const auto failed = errors_.find(i); failed != errors_.end()) {
        row.error = failed->second;
      } else if (const auto done = summaries_.find(i); done != summaries_.end()) {
        row.run = "points/" + point_name(points_[i]);
        row.summary = done->second;
      }
      rows.push_back(std::move(row));
    }
    const auto written = results::write_sweep(request_.folder, rows);
    if (!written) throw std::runtime_error(written.error().message);
  }

  const SweepRequest& request_;
  std::vector<scenarios::SweepPoint> points_;
  results::SweepManifest manifest_;
  std::map<std::size_t, results::RunSummary> summaries_;
  std::map<std::size_t, std::string> errors_;
};

}  // namespace

bool run_sweep(const SweepRequest& request) { return Sweep(request).run(); }

}  // namespace acceptlab::app
