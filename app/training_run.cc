#include "app/training_run.h"

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "app/checkpoint.h"
#include "app/emulated_faults.h"
#include "app/feedback_memory.h"
#include "app/folders.h"
#include "app/links.h"
#include "app/metering_recorder.h"
#include "app/plan_history.h"
#include "app/planning.h"
#include "app/profiles.h"
#include "app/progress_recorder.h"
#include "app/replanning.h"
#include "app/run_codecs.h"
#include "app/run_parts.h"
#include "app/stages.h"
#include "app/timed_replanner.h"
#include "results/run_folder.h"
#include "results/run_recorder.h"
#include "runtime/torch/setup.h"
#include "sim/emulation.h"
#include "sim/message_network.h"
#include "sim/packet_network.h"
#include "sim/virtual_time.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

// Everything of a run that outlives the emulation of it.
struct Assembly {
  std::optional<data::DatasetPair> data;
  DeviceProfiles profiles;
  std::optional<torch_stage::Checkpoint> checkpoint;  // to resume from
  std::unique_ptr<TimedReplanner> replanner;          // null: the plan stays
  Plan plan;                                          // at the start
  Training training;
  std::vector<Bytes> codec_memory;  // by stage
  std::unique_ptr<PlanHistory> plans;
  std::unique_ptr<LinkMeter> meter = std::make_unique<LinkMeter>();
  DeviceParts parts;  // its codecs ask the plans and the meter
  std::unique_ptr<BatchSource> source;
};

sim::Emulation::NetworkFactory network_factory(const Scenario& scenario, const Plan& plan,
                                               sim::VirtualTime& time) {
  return [&scenario, &plan, &time](sim::Network::Delivered delivered) {
    std::vector<sim::LinkSpec> links =
        scenario.plan_may_change() ? all_links(scenario) : plan_links(scenario, plan);
    const int devices = static_cast<int>(scenario.devices.size());
    if (scenario.network.model == scenarios::NetworkModel::kMessage) {
      sim::MessageOptions options;
      options.segment_bytes = scenario.network.segment_bytes;
      return sim::make_message_network(time, std::move(links), options, devices,
                                       std::move(delivered));
    }
    sim::PacketOptions options;
    options.segment_bytes = scenario.network.segment_bytes;
    return sim::make_packet_network(time, std::move(links), options, devices,
                                    static_cast<std::uint64_t>(scenario.seed),
                                    std::move(delivered));
  };
}

std::vector<results::LinkRow> link_rows(const std::vector<sim::LinkUse>& uses, Duration observed) {
  std::vector<results::LinkRow> rows;
  for (const sim::LinkUse& use : uses) {
    rows.push_back({use.from, use.to, use.messages, use.message_bytes, use.wire_bytes,
                    use.dropped_packets, use.busy, observed});
  }
  return rows;
}

// A run whose plan may change goes on with the plan that was in force; any other has the plan of
// its scenario.
Plan first_plan(const RunRequest& request, const Assembly& run) {
  const Scenario& scenario = request.scenario;
  const RunCodecs sizing = sizing_codecs(scenario);
  if (request.plan) {
    return with_predicted_times(*request.plan, scenario, run.profiles, sizing);
  }
  if (run.checkpoint && scenario.plan_may_change()) {
    return with_predicted_times(run.checkpoint->header.plan, scenario, run.profiles, sizing);
  }
  return make_plan(scenario, run.profiles, sizing);
}

void vary_costs(const std::map<DeviceId, std::vector<sim::CostFactors>>& variations,
                DeviceParts& parts) {
  for (std::size_t d = 0; d < parts.ids.size(); ++d) {
    const auto found = variations.find(parts.ids[d]);
    if (found == variations.end()) continue;
    parts.costs[d] = std::make_unique<sim::VaryingCost>(std::move(parts.costs[d]), found->second);
  }
}

Assembly assemble(const RunRequest& request) {
  const Scenario& scenario = request.scenario;
  Assembly run;
  run.data = load_data(scenario);
  const TrainingShape shape = training_shape(scenario, run.data);
  if (request.resume_from) run.checkpoint = read_checkpoint(*request.resume_from, scenario, shape);
  run.profiles =
      request.profiles ? *request.profiles : load_profiles(scenario, request.measured_profile);
  run.plan = first_plan(request, run);
  run.training = {schedule_of(scenario), shape, scenario.adaptation.enabled};
  run.codec_memory = feedback_memory(scenario, run.plan, shape, run.profiles);
  run.plans = std::make_unique<PlanHistory>(run.plan);
  run.parts = make_devices(scenario, run.plan, run.training, run.profiles,
                           run.data ? &run.data->train : nullptr,
                           make_codecs(scenario, *run.plans, shape, run.profiles, *run.meter));
  vary_costs(request.variations, run.parts);
  if (run.checkpoint) {
    for (torch_stage::TorchDevice* device : run.parts.torch) device->load(run.checkpoint->units, 0);
  }
  run.source = make_source(scenario, shape, run.data);
  return run;
}

sim::EmulationOptions emulation_options(const Scenario& scenario, const Assembly& run) {
  sim::EmulationOptions options;
  options.central = central_config(scenario, run.plan, run.training);
  if (run.checkpoint) options.central.first = run.checkpoint->header.next;
  options.replanner = run.replanner.get();
  options.stall_limit = from_seconds(scenario.network.stall_limit_s);
  options.faults = emulated_faults(scenario);
  for (std::size_t d = 0; d < run.parts.ids.size(); ++d) {
    options.devices.push_back(
        {run.parts.ids[d], run.parts.computes[d].get(), run.parts.costs[d].get()});
  }
  return options;
}

std::map<DeviceId, torch_stage::TorchDevice*> torch_devices(const DeviceParts& parts) {
  std::map<DeviceId, torch_stage::TorchDevice*> devices;
  for (std::size_t d = 0; d < parts.torch.size(); ++d) devices[parts.ids[d]] = parts.torch[d];
  return devices;
}

}  // namespace

results::RunSummary run_training(const RunRequest& request) {
  const auto started = std::chrono::steady_clock::now();
  const Scenario& scenario = request.scenario;
  torch_stage::initialise_torch(static_cast<std::uint64_t>(scenario.seed));
  Assembly run = assemble(request);
  run.replanner =
      timed(make_replanner(scenario, run.profiles, run.training.shape, sizing_codecs(scenario)));
  sim::EmulationOptions options = emulation_options(scenario, run);
  options.stop_wanted = request.stop_wanted;

  if (const std::string memory = feedback_memory_text(run.codec_memory);
      request.show_progress && !memory.empty()) {
    std::fprintf(stderr, "%s\n", memory.c_str());
  }

  if (request.replace) remove_results(request.folder);
  Result<results::RunFolder> folder = results::RunFolder::create(request.folder);
  if (!folder) throw ConfigError(folder.error().message);
  results::RunDescription description = describe_scenario(
      scenario, request.command, run.plan, run.profiles[0], run.data && run.data->train.synthetic);
  description.codec_memory = run.codec_memory;
  results::RunRecorder files(std::move(folder).value(), std::move(description));
  save_profile(run.profiles[0], files.folder() / "profile.json");
  FileCheckpoints checkpoints(files.folder() / "checkpoints", scenario, run.training.shape,
                              *run.plans, torch_devices(run.parts));
  ProgressRecorder progress(files, batches_left(options.central), request.show_progress);
  MeteringRecorder recorder(progress, *run.meter, *run.plans);

  sim::VirtualTime time;
  sim::Emulation emulation(std::move(options), time, network_factory(scenario, run.plan, time),
                           *run.source, recorder, &checkpoints);
  Result<std::vector<sim::LinkUse>> links = emulation.run();
  if (!links) throw std::runtime_error(links.error().message);

  results::RunEnd end;
  if (request.stop_wanted && request.stop_wanted()) {
    const auto stopped =
        stopped_text(checkpoints.newest(), scenario, run.training.shape, request.folder);
    if (stopped) end.warnings.push_back(*stopped);
  }
  end.links = link_rows(links.value(), time.now().time_since_epoch());
  for (const sim::Fault& fault : emulation.faults_to_come()) {
    end.warnings.push_back("the run was over before this could happen: " + sim::to_string(fault));
  }
  end.single_device = best_single_device_time(scenario, run.profiles);
  if (run.replanner) end.adaptation = run.replanner->cost();
  end.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  Result<results::RunSummary> summary = files.finish(end);
  if (!summary) throw std::runtime_error(summary.error().message);
  return std::move(summary).value();
}

}  // namespace acceptlab::app
