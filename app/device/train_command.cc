#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "app/checkpoint.h"
#include "app/commands.h"
#include "app/device/cluster_session.h"
#include "app/device/device_part.h"
#include "app/device/epoch_order.h"
#include "app/device/listening.h"
#include "app/device/measured_scenario.h"
#include "app/device/status_recorder.h"
#include "app/folders.h"
#include "app/interrupts.h"
#include "app/predictor/predictor_json.h"
#include "app/profiles.h"
#include "app/replanning.h"
#include "app/run_parts.h"
#include "app/stages.h"
#include "app/timed_replanner.h"
#include "results/render.h"
#include "results/run_folder.h"
#include "results/run_recorder.h"
#include "runtime/base/result.h"
#include "runtime/torch/setup.h"
#include "scenarios/load.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

// Tells the workers of every change of the plan before the frames that carry it out.
class AnnouncingRecorder : public ForwardingRecorder {
 public:
  AnnouncingRecorder(Recorder& target, ClusterSession& session)
      : ForwardingRecorder(target), session_(session) {}
  using ForwardingRecorder::record;
  void record(const RepartitionSample& sample) override {
    session_.send_plan(sample.term, sample.after);
    ForwardingRecorder::record(sample);
  }
  void record(const RecoverySample& sample) override {
    session_.recovered(sample);
    ForwardingRecorder::record(sample);
  }

 private:
  ClusterSession& session_;
};

// Gathers what all devices hold; the file is written when the last of them has answered.
class GatheredCheckpoints : public CheckpointStore {
 public:
  // All outlive it.
  GatheredCheckpoints(std::filesystem::path folder, const Scenario& scenario,
                      const TrainingShape& shape, CentralContext& context, ClusterSession& session)
      : folder_(std::move(folder)),
        scenario_(scenario),
        shape_(shape),
        context_(context),
        session_(session) {}

  void watch(DevicePart* central) { central_ = central; }
  void save(const RunPosition& next) override {
    session_.ask_for_states([this, next, plan = central_->plans().newest(),
                             own = central_->state()](ClusterSession::States states) {
      states[kCentralNode] = own;
      write(next, plan, std::move(states));
    });
  }
  const std::optional<SavedCheckpoint>& newest() const { return newest_; }

 private:
  void write(const RunPosition& next, const Plan& plan, ClusterSession::States states) {
    for (const PlannedStage& stage : plan.stages) {
      if (states.count(stage.device) != 0) continue;
      context_.log(
          fmt::format("the checkpoint after epoch {}, mini-batch {}, is given up: device "
                      "{} was lost before it had handed over its units",
                      next.epoch, next.batch, stage.device.value));
      return;
    }
    newest_ = {next, save_states(folder_, scenario_, shape_, plan, next, std::move(states))};
  }

  const std::filesystem::path folder_;
  const Scenario& scenario_;
  const TrainingShape& shape_;
  CentralContext& context_;
  ClusterSession& session_;
  DevicePart* central_ = nullptr;
  std::optional<SavedCheckpoint> newest_;
};

void check(const Scenario& scenario, const std::vector<ClusterDevice>& cluster,
           const Keyring& keyring, const std::string& file) {
  if (cluster.size() != scenario.devices.size()) {
    throw ConfigError(fmt::format("{}: lists {} devices, the scenario has {}", file, cluster.size(),
                                  scenario.devices.size()));
  }
  if (cluster[0].name != keyring.name) {
    throw ConfigError(
        fmt::format("{}: its first device, the central node, is '{}', the keyring is that of '{}'",
                    file, cluster[0].name, keyring.name));
  }
  if (!scenario.cost.numerics) {
    throw ConfigError("real devices compute: cost.numerics must be true");
  }
  for (const ClusterDevice& device : cluster) {
    if (is_plain(keyring) || device.name == keyring.name || keyring.known.count(device.name) != 0)
      continue;
    throw ConfigError(
        fmt::format("{}: the keyring has no key of device '{}'; add it with 'acceptlab keys trust'",
                    file, device.name));
  }
}

// What is known once devices and links are measured.
struct Preparation {
  std::optional<data::DatasetPair> data;
  std::optional<torch_stage::Checkpoint> checkpoint;
  DeviceProfiles profiles;
  MeasuredLinks links;
  Scenario measured;
  Plan plan;
  Training training;
};

Plan first_plan(const Preparation& p) {
  const RunCodecs sizing = sizing_codecs(p.measured);
  if (p.checkpoint && p.measured.plan_may_change()) {
    return with_predicted_times(p.checkpoint->header.plan, p.measured, p.profiles, sizing);
  }
  return make_plan(p.measured, p.profiles, sizing);
}

// The sub-models that describe a device to a trained predictor.
std::vector<UnitRange> probes(const Scenario& scenario) {
  if (scenario.partition.times != scenarios::TimeSource::kPredictor) return {};
  return read_predictor(scenario.partition.predictor).probes;
}

Preparation prepare(const Scenario& scenario, const TrainArguments& arguments,
                    ClusterSession& session) {
  if (!scenario.faults.empty()) {
    throw ConfigError("[[faults]] happen in emulated runs only: real devices fail by themselves");
  }
  Preparation p;
  p.data = load_data(scenario);
  p.training = {schedule_of(scenario), training_shape(scenario, p.data), true};
  if (!arguments.resume.empty()) {
    p.checkpoint = read_checkpoint(arguments.resume, scenario, p.training.shape);
  }
  session.greet();
  p.profiles = session.profile(probes(scenario));
  p.links = session.measure_links();
  p.measured = as_measured(scenario, p.links);
  p.plan = first_plan(p);
  session.profile_stages(p.plan, p.profiles);
  return p;
}

std::vector<std::string> names_of(const std::vector<ClusterDevice>& cluster) {
  std::vector<std::string> names;
  for (const ClusterDevice& device : cluster) names.push_back(device.name);
  return names;
}

results::RunDescription describe(const Scenario& scenario, const TrainArguments& arguments,
                                 const std::vector<ClusterDevice>& cluster, const Preparation& p) {
  results::RunDescription description = describe_scenario(scenario, arguments.command_line, p.plan,
                                                          p.profiles[0], p.data->train.synthetic);
  description.network_model = "sockets";
  description.cost_source = "measured";
  description.clock = "wall";
  description.device_names = names_of(cluster);
  return description;
}

void save_measurements(const Preparation& p, const std::filesystem::path& folder) {
  save_profile(p.profiles[0], folder / "profile.json");
  std::filesystem::create_directories(folder / "profiles");
  for (std::size_t d = 0; d < p.profiles.size(); ++d) {
    save_profile(p.profiles[d], folder / "profiles" / fmt::format("device{}.json", d));
  }
  write_links(p.links, folder / "measured_links.csv");
}

CentralConfig central_of(const Scenario& scenario, const Preparation& p) {
  CentralConfig config = central_config(scenario, p.plan, p.training);
  for (std::size_t d = 0; d < scenario.devices.size(); ++d) {
    config.devices.push_back(DeviceId{static_cast<int>(d)});
  }
  if (p.checkpoint) config.first = p.checkpoint->header.next;
  return config;
}

struct Trained {
  std::optional<SavedCheckpoint> newest;
  std::optional<results::AdaptationCost> adaptation;
};

// The training itself, from the first batch until all records are here.
Trained train(const Scenario& scenario, const std::vector<ClusterDevice>& cluster,
              const Preparation& p, CentralContext& context, ClusterSession& session,
              const std::filesystem::path& folder, StatusRecorder& recorder) {
  const std::unique_ptr<TimedReplanner> replanner =
      timed(make_replanner(p.measured, p.profiles, p.training.shape, sizing_codecs(p.measured)));
  const std::unique_ptr<BatchSource> source = make_source(scenario, p.training.shape, p.data);
  AnnouncingRecorder announcing(recorder, session);
  GatheredCheckpoints checkpoints(folder / "checkpoints", scenario, p.training.shape, context,
                                  session);
  bool finished = false;
  device::DeviceLoop loop(
      kCentralNode, names_of(cluster), context.links, context.clock, context.work,
      {[&](const device::Arrived& message) { session.control(message); },
       [&](const std::string& name) { session.lost(name); },
       [&](DeviceId from, const Frame& frame) { recorder.watch(from, frame); }});
  DevicePart part(
      {scenario, kCentralNode, p.plan, p.training, p.profiles, input_format(p.data->train)}, loop,
      context.clock, context.work, announcing,
      std::make_unique<CentralNode>(central_of(scenario, p), *source, replanner.get()),
      &checkpoints, [&finished] { finished = true; });
  checkpoints.watch(&part);
  if (scenario.recovery.enabled) {
    session.survive_losses([&part](DeviceId device) { part.node().lose(device); },
                           [&part](DeviceId device) { part.node().welcome_back(device); });
  }
  if (p.checkpoint) part.load(p.checkpoint->units);
  context.clock.shift(TimePoint{} - context.clock.now());  // time begins here
  session.compare_clocks();
  session.begin(p.plan, p.training, p.checkpoint ? &*p.checkpoint : nullptr);
  part.node().start();
  bool stopping = false;
  while (!finished) {
    if (context.interrupted() && !std::exchange(stopping, true)) {
      context.log("interrupted: stops after the mini-batches under way; once more ends it at once");
      part.node().stop();
    }
    loop.step(kGlance);
  }
  session.finish();
  Trained trained{checkpoints.newest(), std::nullopt};
  if (replanner) trained.adaptation = replanner->cost();
  return trained;
}

}  // namespace

int train_command(const TrainArguments& arguments) {
  const auto started = std::chrono::steady_clock::now();
  const Scenario scenario =
      scenarios::load_scenario(scenarios::read_document(arguments.scenario, arguments.set));
  const std::vector<ClusterDevice> cluster = read_cluster(arguments.cluster);
  const std::string listen = arguments.listen.empty() ? cluster[0].address : arguments.listen;
  const Keyring keyring = open_keyring(arguments.keys, arguments.plain_name, listen);
  check(scenario, cluster, keyring, arguments.cluster);
  const std::filesystem::path folder =
      arguments.out.empty() ? free_run_folder(scenario.name) : std::filesystem::path(arguments.out);
  if (!arguments.force && std::filesystem::exists(folder)) {
    throw ConfigError(folder.string() +
                      " exists; choose another --out, or replace it with --force");
  }
  const InterruptGuard interrupts(SecondInterrupt::kEnds);
  allow_many_connections();

  device::WorkThread work;
  const auto seed = static_cast<std::uint64_t>(scenario.seed);
  torch_stage::initialise_torch(seed);
  work.run([seed] { torch_stage::initialise_torch(seed); });
  device::SteadyClock clock;
  const auto log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  device::SocketLinks links(link_options(keyring, listen), log);
  CentralContext context{keyring, links, clock,
                         work,    log,   [&interrupts] { return interrupts.interrupted(); }};
  ClusterSession session(context, cluster, scenario);
  const Preparation p = prepare(scenario, arguments, session);

  if (arguments.force) remove_results(folder);
  Result<results::RunFolder> made = results::RunFolder::create(folder);
  if (!made) throw ConfigError(made.error().message);
  results::RunRecorder files(std::move(made).value(), describe(scenario, arguments, cluster, p));
  save_measurements(p, files.folder());
  std::set<DeviceId> workers;
  for (std::size_t d = 1; d < cluster.size(); ++d) workers.insert(DeviceId{static_cast<int>(d)});
  EpochOrder order(files, std::move(workers), [&] { session.ask_for_records(); });
  session.record_to(order);
  StatusRecorder status(order, batches_left(central_of(scenario, p)));
  const Trained trained = train(scenario, cluster, p, context, session, files.folder(), status);

  results::RunEnd end;
  std::optional<std::string> stopped;
  if (interrupts.interrupted())
    stopped = stopped_text(trained.newest, scenario, p.training.shape, folder);
  if (stopped) end.warnings.push_back(*stopped);
  end.single_device = best_single_device_time(p.measured, p.profiles);
  end.adaptation = trained.adaptation;
  end.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  const Result<results::RunSummary> summary = files.finish(end);
  if (!summary) throw std::runtime_error(summary.error().message);
  const Result<std::string> table = results::render_run(folder);
  if (!table) throw std::runtime_error(table.error().message);
  std::printf("%s\nresults: %s\n", table.value().c_str(), folder.string().c_str());
  return stopped ? kInterruptedExit : 0;
}

}  // namespace acceptlab::app
