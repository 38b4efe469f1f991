#include "app/training_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "app/checkpoint.h"
#include "app/feedback_memory.h"
#include "app/folders.h"
#include "app/links.h"
#include "app/metering_recorder.h"
#include "app/plan_history.h"
#include "app/planning.h"
#include "app/profiles.h"
#include "app/progress_recorder.h"
#include "app/provenance.h"
#include "app/replanning.h"
#include "app/run_codecs.h"
#include "app/stages.h"
#include "results/profile_json.h"
#include "results/run_folder.h"
#include "results/run_recorder.h"
#include "runtime/data/dataset_source.h"
#include "runtime/data/load_dataset.h"
#include "runtime/torch/setup.h"
#include "scenarios/resolved.h"
#include "sim/emulation.h"
#include "sim/message_network.h"
#include "sim/packet_network.h"
#include "sim/virtual_time.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

struct SampleCounts {
  std::int64_t train = 0;
  std::int64_t test = 0;
};

// Without numerics nothing is read, and sizes are those of the published sets.
SampleCounts published_counts(const std::string& set) {
  if (set == "cifar10") return {50'000, 10'000};
  return {60'000, 10'000};
}
Bytes published_sample(const std::string& set) {
  return Bytes(set == "cifar10" ? 3 * 32 * 32 : 28 * 28);
}

std::optional<std::int64_t> limit_of(std::int64_t samples) {
  if (samples == 0) return std::nullopt;
  return samples;
}

std::optional<data::DatasetPair> load_data(const Scenario& scenario) {
  if (!scenario.cost.numerics) return std::nullopt;
  data::DatasetOptions options;
  options.set = scenario.data.set;
  options.directory = scenario.data.directory;
  options.classes = scenario.model.classes;
  options.train_limit = limit_of(scenario.data.train_samples);
  options.test_limit = limit_of(scenario.data.test_samples);
  options.seed = static_cast<std::uint64_t>(scenario.seed);
  data::DatasetPair pair = data::load_dataset(options);
  if (pair.train.classes > scenario.model.classes) {
    throw ConfigError("data set '" + scenario.data.set + "' has " +
                      std::to_string(pair.train.classes) + " classes, but model.classes is " +
                      std::to_string(scenario.model.classes));
  }
  return pair;
}

SampleCounts count_samples(const Scenario& scenario, const std::optional<data::DatasetPair>& data) {
  if (data) return {data->train.size(), data->test.size()};
  const auto or_default = [](std::int64_t asked, std::int64_t all) {
    return asked > 0 ? std::min(asked, all) : all;
  };
  const SampleCounts all = published_counts(scenario.data.set);
  return {or_default(scenario.data.train_samples, all.train),
          or_default(scenario.data.test_samples, all.test)};
}

std::unique_ptr<BatchSource> make_source(const Scenario& scenario, const TrainingShape& shape,
                                         const std::optional<data::DatasetPair>& data) {
  if (!data) return std::make_unique<data::SizedSource>(shape, published_sample(scenario.data.set));
  return std::make_unique<data::DatasetSource>(*data, shape,
                                               static_cast<std::uint64_t>(scenario.seed));
}

CentralConfig central_config(const Scenario& scenario, const Plan& plan, const Training& known) {
  CentralConfig central;
  central.plan = plan;
  central.schedule = known.schedule;
  central.shape = known.shape;
  central.replan.at_batches = scenario.adaptation.replan_at_batches;
  central.replan.every_batches = scenario.adaptation.replan_every_batches;
  const scenarios::TrainingSettings& training = scenario.training;
  central.learning_rate.initial = training.learning_rate;
  central.learning_rate.milestones = training.lr_milestones;
  central.learning_rate.factor = training.lr_factor;
  central.epochs = training.epochs;
  central.checkpoint_every_epochs = training.checkpoint_every_epochs;
  return central;
}

// Everything of a run that outlives the emulation of it.
struct Assembly {
  std::optional<data::DatasetPair> data;
  DeviceProfiles profiles;
  std::optional<torch_stage::Checkpoint> checkpoint;  // to resume from
  std::unique_ptr<Replanner> replanner;               // null: the plan stays
  Plan plan;                                          // at the start
  Training training;
  std::vector<Bytes> codec_memory;  // by stage
  std::unique_ptr<PlanHistory> plans;
  std::unique_ptr<LinkMeter> meter = std::make_unique<LinkMeter>();
  DeviceParts parts;  // its codecs ask the plans and the meter
  std::unique_ptr<BatchSource> source;
};

results::RunDescription describe(const RunRequest& request, const Assembly& run) {
  const Scenario& scenario = request.scenario;
  const std::optional<data::DatasetPair>& data = run.data;
  results::RunDescription description;
  description.name = scenario.name;
  description.command = request.command;
  description.revision = source_revision();
  description.seed = static_cast<std::uint64_t>(scenario.seed);
  description.versions = library_versions();
  description.machine = machine_facts();
  description.started = utc_now();
  description.scenario_toml = scenarios::to_toml(scenario);
  description.scenario_hash = scenarios::scenario_hash(scenario);
  description.method = scenarios::to_string(scenario.method);
  description.model = scenario.model.name;
  if (scenario.model.width != 1.0) {
    char width[32];
    std::snprintf(width, sizeof width, " width %g", scenario.model.width);
    description.model += width;
  }
  description.data_set = data ? scenario.data.set : "none (sizes only)";
  description.synthetic_data = data && data->train.synthetic;
  description.network_model = scenarios::to_string(scenario.network.model);
  description.cost_source = scenarios::to_string(scenario.cost.source);
  if (scenario.network.link.bandwidth_model == scenarios::BandwidthKind::kConstant) {
    description.bandwidth_mbit_s = scenario.network.link.bandwidth_mbit_s;
  }
  description.plan = run.plan;
  description.codec_memory = run.codec_memory;
  for (const scenarios::Device& device : scenario.devices) {
    description.device_names.push_back(device.name);
  }
  description.warmup_batches = scenario.results.warmup_batches;
  description.timeline_batches = scenario.results.timeline_batches;
  return description;
}

sim::Emulation::NetworkFactory network_factory(const Scenario& scenario, const Plan& plan,
                                               sim::VirtualTime& time) {
  return [&scenario, &plan, &time](sim::Network::Delivered delivered) {
    std::vector<sim::LinkSpec> links =
        scenario.adaptation.enabled ? all_links(scenario) : plan_links(scenario, plan);
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

// A run that adapts goes on with the plan that was in force; any other has the plan of its
// scenario.
Plan first_plan(const Scenario& scenario, const Assembly& run) {
  const RunCodecs sizing = sizing_codecs(scenario);
  if (run.checkpoint && scenario.adaptation.enabled) {
    return with_predicted_times(run.checkpoint->header.plan, scenario, run.profiles,
                                *sizing.forward, *sizing.backward);
  }
  return make_plan(scenario, run.profiles, *sizing.forward, *sizing.backward);
}

Assembly assemble(const RunRequest& request) {
  const Scenario& scenario = request.scenario;
  Assembly run;
  if (request.resume_from) run.checkpoint = read_checkpoint(*request.resume_from, scenario);
  run.data = load_data(scenario);
  run.profiles = load_profiles(scenario, request.measured_profile);
  run.plan = first_plan(scenario, run);
  const SampleCounts samples = count_samples(scenario, run.data);
  const TrainingShape shape = shape_of(scenario, samples.train, samples.test);
  run.training = {schedule_of(scenario), shape, scenario.adaptation.enabled};
  run.codec_memory = feedback_memory(scenario, run.plan, shape, run.profiles);
  run.plans = std::make_unique<PlanHistory>(run.plan);
  run.parts = make_devices(scenario, run.plan, run.training, run.profiles,
                           run.data ? &run.data->train : nullptr,
                           make_codecs(scenario, *run.plans, shape, run.profiles, *run.meter));
  if (run.checkpoint) {
    for (torch_stage::TorchDevice* device : run.parts.torch) device->load(run.checkpoint->units, 0);
  }
  run.source = make_source(scenario, shape, run.data);
  return run;
}

sim::EmulationOptions emulation_options(const Scenario& scenario, const Assembly& run) {
  sim::EmulationOptions options;
  options.central = central_config(scenario, run.plan, run.training);
  if (run.checkpoint) options.central.first_epoch = run.checkpoint->header.next_epoch;
  options.replanner = run.replanner.get();
  options.stall_limit = from_seconds(scenario.network.stall_limit_s);
  for (std::size_t d = 0; d < run.parts.ids.size(); ++d) {
    options.devices.push_back(
        {run.parts.ids[d], run.parts.computes[d].get(), run.parts.costs[d].get()});
  }
  return options;
}

}  // namespace

results::RunSummary run_training(const RunRequest& request) {
  const auto started = std::chrono::steady_clock::now();
  const Scenario& scenario = request.scenario;
  torch_stage::initialise_torch(static_cast<std::uint64_t>(scenario.seed));
  Assembly run = assemble(request);
  const RunCodecs sizing = sizing_codecs(scenario);
  run.replanner =
      make_replanner(scenario, run.profiles, run.training.shape, *sizing.forward, *sizing.backward);
  sim::EmulationOptions options = emulation_options(scenario, run);

  if (const std::string memory = feedback_memory_text(run.codec_memory);
      request.show_progress && !memory.empty()) {
    std::fprintf(stderr, "%s\n", memory.c_str());
  }

  if (request.replace) remove_results(request.folder);
  Result<results::RunFolder> folder = results::RunFolder::create(request.folder);
  if (!folder) throw ConfigError(folder.error().message);
  results::RunRecorder files(std::move(folder).value(), describe(request, run));
  save_profile(run.profiles[0], files.folder() / "profile.json");
  FileCheckpoints checkpoints(files.folder() / "checkpoints", scenario, *run.plans,
                              run.parts.torch);
  const int epochs = options.central.epochs - options.central.first_epoch;
  const int batches = epochs * run.training.shape.batches(Phase::kTrain);
  ProgressRecorder progress(files, batches, request.show_progress);
  MeteringRecorder recorder(progress, *run.meter, *run.plans);

  sim::VirtualTime time;
  sim::Emulation emulation(std::move(options), time, network_factory(scenario, run.plan, time),
                           *run.source, recorder, &checkpoints);
  Result<std::vector<sim::LinkUse>> links = emulation.run();
  if (!links) throw std::runtime_error(links.error().message);

  results::RunEnd end;
  end.links = link_rows(links.value(), time.now().time_since_epoch());
  end.single_device = best_single_device_time(scenario, run.profiles);
  end.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  Result<results::RunSummary> summary = files.finish(end);
  if (!summary) throw std::runtime_error(summary.error().message);
  return std::move(summary).value();
}

}  // namespace acceptlab::app
