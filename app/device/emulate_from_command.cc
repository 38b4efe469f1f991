#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

#include "app/commands.h"
#include "app/device/measured_scenario.h"
#include "app/device/trained_profiles.h"
#include "app/folders.h"
#include "app/profiles.h"
#include "app/stages.h"
#include "app/training_run.h"
#include "results/render.h"
#include "results/stage_times.h"
#include "results/summary_json.h"
#include "runtime/base/result.h"
#include "runtime/stage_config.h"
#include "scenarios/load.h"

namespace acceptlab::app {

namespace {

// The plan that the real run ended with.
Plan plan_of(const results::RunSummary& summary) {
  Plan plan;
  for (const results::StageSummary& stage : summary.stages) {
    plan.stages.push_back({stage.device, stage.units, Duration(0)});
  }
  return plan;
}

scenarios::Scenario emulated(const std::filesystem::path& run, bool numerics) {
  scenarios::Scenario scenario = as_measured(
      scenarios::load_scenario(scenarios::read_document(run / "scenario.resolved.toml")),
      read_links(run / "measured_links.csv"));
  scenario.name += ", emulated";
  scenario.cost.source = scenarios::CostSource::kProfile;
  scenario.cost.numerics = numerics;
  for (std::size_t d = 0; d < scenario.devices.size(); ++d) {
    const std::filesystem::path profile = run / "profiles" / fmt::format("device{}.json", d);
    scenario.devices[d].profile = std::filesystem::absolute(profile).string();
  }
  scenario.cost.profile = scenario.devices[0].profile;
  return scenario;
}

// Those of the steady state that summary.json measures, or those before it, without the first
// quarter, in which memory and caches warm up.
results::BatchRange batches_of(const results::RunSummary& summary, bool warmup) {
  if (warmup) return {summary.warmup_batches / 4, summary.warmup_batches};
  return {summary.warmup_batches,
          summary.warmup_batches + static_cast<int>(summary.measured_batches)};
}

template <typename T>
T value_or_throw(Result<T> result) {
  if (!result) {
    throw ConfigError(result.error().message +
                      "; --stage-times profile emulates with what was measured before training");
  }
  return std::move(result).value();
}

// Lets the devices of a request take the times that they took in training.
void use_times_in_training(const std::filesystem::path& run, const results::RunSummary& summary,
                           bool warmup, RunRequest& request) {
  if (!summary.repartitions.empty() || !summary.recoveries.empty()) {
    throw ConfigError(
        run.string() +
        ": its plan changed during training, so that stages have no times of one plan; "
        "--stage-times profile emulates the last plan with what was measured before");
  }
  const auto records = value_or_throw(results::read_stage_records(run));
  request.profiles = load_profiles(request.scenario, std::nullopt);
  const Schedule schedule = schedule_of(request.scenario);
  for (std::size_t s = 0; s < summary.stages.size(); ++s) {
    const results::StageSummary& stage = summary.stages[s];
    const auto record = records.find(stage.device);
    if (record == records.end()) {
      throw ConfigError((run / "batches.csv").string() + ": has no mini-batches of device " +
                        std::to_string(stage.device.value));
    }
    StageConfig config;
    config.schedule = schedule;
    config.stage = static_cast<int>(s);
    config.stages = static_cast<int>(summary.stages.size());
    const results::StageTimes usual = value_or_throw(
        results::mean_of(record->second, batches_of(summary, warmup), config.window()));
    DeviceProfile& profile = (*request.profiles)[static_cast<std::size_t>(stage.device.value)];
    profile = as_in_training(std::move(profile), stage.units, usual, request.scenario);
    if (!warmup) request.variations[stage.device] = variation(record->second, usual);
  }
}

}  // namespace

int emulate_from_command(const EmulateFromArguments& arguments) {
  const std::filesystem::path run = arguments.run;
  if (!std::filesystem::exists(run / "measured_links.csv")) {
    throw ConfigError(run.string() +
                      ": is no folder of a finished run on real devices ('acceptlab train')");
  }
  const Result<results::RunSummary> summary = results::read_summary(run);
  if (!summary) throw ConfigError(summary.error().message);
  const scenarios::Scenario scenario = emulated(run, arguments.numerics);
  const std::filesystem::path folder =
      arguments.out.empty() ? free_run_folder(scenario.name) : std::filesystem::path(arguments.out);
  RunRequest request{scenario, folder, arguments.command_line};
  request.plan = plan_of(summary.value());
  if (arguments.stage_times != kTimesOfProfile) {
    use_times_in_training(run, summary.value(), arguments.stage_times == kTimesOfWarmup, request);
  }
  request.replace = arguments.force;
  request.show_progress = true;
  run_training(request);
  const Result<std::string> table = results::render_run(folder);
  if (!table) throw std::runtime_error(table.error().message);
  std::printf("%s\nresults: %s\n", table.value().c_str(), folder.string().c_str());
  return 0;
}

}  // namespace acceptlab::app
