#include "app/testbed_run.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <utility>

#include "app/interrupts.h"
#include "app/process.h"
#include "app/testbed/affinity.h"
#include "app/testbed/capacity.h"
#include "app/testbed/host.h"
#include "app/testbed/leftovers.h"
#include "app/testbed/owner.h"
#include "app/testbed/testbed.h"
#include "app/testbed_conditions.h"
#include "results/text_file.h"
#include "runtime/base/result.h"
#include "scenarios/resolved.h"

namespace acceptlab::app {

namespace {

namespace fs = std::filesystem;
using scenarios::Scenario;
using Clock = std::chrono::steady_clock;

// How exactly in time rates change.
constexpr useconds_t kPollMicroseconds = 2'000;
// For a clean end after an interrupt or of the workers, before they are killed.
constexpr std::chrono::seconds kGrace{15};

std::vector<double> slowdowns_of(const Scenario& scenario) {
  std::vector<double> slowdowns;
  for (const scenarios::Device& device : scenario.devices) slowdowns.push_back(device.slowdown);
  return slowdowns;
}

void write_file(const fs::path& path, const std::string& text) {
  const auto written = results::replace_text(path, text);
  if (!written) throw std::runtime_error(written.error().message);
}

// Where a run keeps its logs until it is over, beside the run folder; they stay unless remove() is
// called. Keys are where a later testbed finds them if this one is killed.
class WorkFolder {
 public:
  explicit WorkFolder(const fs::path& results)
      : path_(results.string() + ".testbed"),
        keys_(fs::path(testbed::kRuntimeFiles) / testbed::tag_of(testbed::this_process())) {
    fs::remove_all(path_);
    fs::create_directories(logs());
    fs::create_directory(keys_);
    fs::permissions(keys_, fs::perms::owner_all);
  }
  ~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(keys_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  const fs::path& keys() const { return keys_; }
  fs::path logs() const { return path_ / "logs"; }
  fs::path scenario() const { return path_ / "scenario.toml"; }
  fs::path cluster() const { return path_ / "cluster.toml"; }
  fs::path log_of(const testbed::Site& site) const { return logs() / (site.name + ".log"); }

  void keep_logs(const fs::path& results) { fs::rename(logs(), results / "logs"); }
  void remove() { fs::remove_all(path_); }

 private:
  fs::path path_;
  fs::path keys_;
};

// Everything of one run.
class Session {
 public:
  Session(const TestbedRun& run, const InterruptGuard& guard)
      : run_(run),
        guard_(guard),
        keep_off_(run.host.processors),
        work_(run.folder),
        testbed_(static_cast<int>(run.scenario.devices.size()), run.scenario.network.segment_bytes,
                 run.host.processors, work_.logs()),
        conditions_(run.scenario, testbed_) {}

  TestbedOutcome run() {
    write_file(work_.scenario(), scenarios::to_toml(run_.scenario));
    write_file(work_.cluster(), testbed::cluster_toml(testbed_.layout()));
    make_keys();
    if (!run_.quiet) {
      std::fprintf(stderr, "namespaces %s-*, TCP congestion control %s\n",
                   testbed_.layout().tag.c_str(), testbed_.congestion_control().c_str());
    }
    const int devices = static_cast<int>(testbed_.layout().sites.size());
    for (int d = 1; d < devices; ++d) workers_.emplace_back(worker(d));
    Process central(train());
    const int code = watch(central);
    wait_for_workers();
    if (guard_.interrupted()) {
      work_.remove();
      return TestbedOutcome::kInterrupted;
    }
    if (code != 0) {
      throw std::runtime_error("training on the testbed failed (exit code " + std::to_string(code) +
                               "); the devices' output is in " + work_.logs().string());
    }
    work_.keep_logs(run_.folder);
    work_.remove();
    return TestbedOutcome::kTrained;
  }

 private:
  void make_keys() const {
    std::string names;
    for (const testbed::Site& site : testbed_.layout().sites) {
      names += (names.empty() ? "" : ",") + site.name;
    }
    const ProgramResult made =
        run_with_input({own_program(), "keys", "new", work_.keys().string(), "--names", names}, "");
    if (made.code != 0) throw std::runtime_error("keys cannot be made: " + made.output);
  }

  Program on_device(int device, std::vector<std::string> words) const {
    Program program;
    program.words = std::move(words);
    program.words.insert(program.words.begin(), own_program());
    program.words.insert(program.words.end(),
                         {"--keys", (work_.keys() / site(device).name).string()});
    program.prepare = testbed_.entrance(device);
    program.own_process_group = true;
    return program;
  }

  Program worker(int device) const {
    Program program =
        on_device(device, {"worker", "--once", "--listen", testbed_.layout().endpoint(device)});
    program.log = work_.log_of(site(device));
    return program;
  }

  Program train() const {
    Program program = on_device(0, {"train", work_.scenario().string(), "--cluster",
                                    work_.cluster().string(), "--out", run_.folder.string()});
    if (run_.quiet) program.log = work_.log_of(site(0));
    return program;
  }

  const testbed::Site& site(int device) const {
    return testbed_.layout().sites[static_cast<std::size_t>(device)];
  }

  // The tables of a run are there from the start of training on.
  bool training_began() const { return fs::exists(run_.folder.string() + ".partial/progress.csv"); }

  // Follows the scenario until the central node has ended; returns its exit code.
  int watch(Process& central) {
    std::optional<Clock::time_point> began;
    std::optional<Clock::time_point> deadline;
    while (!central.poll()) {
      const Clock::time_point now = Clock::now();
      if (!began && training_began()) began = now;
      if (began) conditions_.follow(TimePoint(now - *began));
      if (!deadline && (guard_.interrupted() || (!began && a_worker_failed()))) {
        central.signal(SIGINT);
        deadline = now + kGrace;
      }
      if (deadline && now > *deadline) central.signal(SIGKILL);
      usleep(kPollMicroseconds);
    }
    return central.wait();
  }

  // Before training began: it would wait for that worker.
  bool a_worker_failed() {
    for (std::size_t w = 0; w < workers_.size(); ++w) {
      const std::optional<int> code = workers_[w].poll();
      if (!code || *code == 0) continue;
      const testbed::Site& failed = site(static_cast<int>(w) + 1);
      std::fprintf(stderr, "%s ended with exit code %d: see %s\n", failed.name.c_str(), *code,
                   work_.log_of(failed).c_str());
      return true;
    }
    return false;
  }

  // Those that do not end in time are killed with the testbed.
  void wait_for_workers() {
    const Clock::time_point deadline = Clock::now() + kGrace;
    for (Process& worker : workers_) {
      while (!worker.poll() && Clock::now() < deadline) usleep(kPollMicroseconds);
    }
  }

  const TestbedRun& run_;
  const InterruptGuard& guard_;
  const testbed::KeepOff keep_off_;
  WorkFolder work_;
  testbed::Testbed testbed_;
  TestbedConditions conditions_;
  std::vector<Process> workers_;  // destroyed first
};

void check_links(const Scenario& scenario) {
  const int devices = static_cast<int>(scenario.devices.size());
  for (int from = 0; from < devices; ++from) {
    for (int to = 0; to < devices; ++to) {
      const scenarios::LinkSettings& link = scenario.network.direction(from, to);
      if (from == to || (link.delay_ms == 0.0 && link.loss_rate == 0.0)) continue;
      throw ConfigError(
          "the testbed shapes links with htb, which neither delays nor loses packets: "
          "network.delay_ms and network.loss_rate must be 0 (--set network.delay_ms=0)");
    }
  }
}

void check_speeds(const scenarios::Device& device) {
  testbed::quota_of(device.slowdown);
  for (const scenarios::Step& step : device.slowdown_steps) {
    testbed::quota_of(device.slowdown * step.value);
  }
}

}  // namespace

std::string own_program() { return fs::read_symlink("/proc/self/exe").string(); }

HostLoad load_of(const Scenario& scenario, const std::vector<int>& processors) {
  const double needed = testbed::processors_needed(slowdowns_of(scenario));
  const int count = static_cast<int>(processors.size());
  HostLoad load;
  load.carried = testbed::is_carried(needed, count);
  char text[160];
  std::snprintf(text, sizeof text, "%zu devices need %.3g of %d processor%s (%s)",
                scenario.devices.size(), needed, count, count == 1 ? "" : "s",
                testbed::processors_text(processors).c_str());
  load.text = text;
  return load;
}

void check_testbed(const Scenario& scenario, const TestbedHost& host) {
  const int devices = static_cast<int>(scenario.devices.size());
  if (devices < 2 || devices > testbed::kMostDevices) {
    throw ConfigError("a testbed has 2 to " + std::to_string(testbed::kMostDevices) +
                      " devices, not " + std::to_string(devices));
  }
  check_links(scenario);
  for (const scenarios::Device& device : scenario.devices) check_speeds(device);
  const HostLoad load = load_of(scenario, host.processors);
  if (load.carried || host.overcommit) return;
  throw ConfigError(load.text +
                    ": when all compute, none gets its share, and times are not those of the "
                    "devices; raise devices[].slowdown, give more --processors, or accept it with "
                    "--overcommit");
}

void prepare_host() {
  const std::vector<std::string> lacking = testbed::missing(testbed::read_host_facts());
  if (!lacking.empty()) {
    std::string message = "the testbed needs of this host:";
    for (const std::string& text : lacking) message += "\n  " + text;
    throw ConfigError(message);
  }
  for (const std::string& tag : testbed::remove_leftovers()) {
    std::fprintf(stderr, "removed what the killed testbed %s had left\n", tag.c_str());
  }
}

TestbedOutcome run_on_testbed(const TestbedRun& run) {
  if (fs::exists(run.folder)) throw ConfigError(run.folder.string() + ": already exists");
  const InterruptGuard guard;
  return Session(run, guard).run();
}

}  // namespace acceptlab::app
