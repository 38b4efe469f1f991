#include "app/run_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "app/provenance.h"
#include "app/run_codecs.h"
#include "app/stages.h"
#include "runtime/base/result.h"
#include "runtime/data/dataset_source.h"
#include "runtime/data/load_dataset.h"
#include "scenarios/resolved.h"

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

SampleCounts count_samples(const Scenario& scenario, const std::optional<data::DatasetPair>& data) {
  if (data) return {data->train.size(), data->test.size()};
  const auto or_default = [](std::int64_t asked, std::int64_t all) {
    return asked > 0 ? std::min(asked, all) : all;
  };
  const SampleCounts all = published_counts(scenario.data.set);
  return {or_default(scenario.data.train_samples, all.train),
          or_default(scenario.data.test_samples, all.test)};
}

RecoveryConfig recovery_config(const scenarios::RecoverySettings& settings) {
  RecoveryConfig recovery;
  recovery.enabled = settings.enabled;
  recovery.replicate_every_batches = settings.replicate_every_batches;
  recovery.central_copy_every_batches = settings.central_copy_every_batches;
  recovery.batch_deadline = from_seconds(settings.batch_deadline_s);
  recovery.probe_timeout = from_seconds(settings.probe_timeout_s);
  return recovery;
}

}  // namespace

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

TrainingShape training_shape(const Scenario& scenario,
                             const std::optional<data::DatasetPair>& data) {
  const SampleCounts samples = count_samples(scenario, data);
  return shape_of(scenario, samples.train, samples.test);
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
  central.recovery = recovery_config(scenario.recovery);
  const scenarios::TrainingSettings& training = scenario.training;
  central.learning_rate.initial = training.learning_rate;
  central.learning_rate.milestones = training.lr_milestones;
  central.learning_rate.factor = training.lr_factor;
  central.epochs = training.epochs;
  central.checkpoint_every_epochs = training.checkpoint_every_epochs;
  return central;
}

int batches_left(const CentralConfig& config) {
  const int epochs = config.epochs - config.first.epoch;
  return epochs * config.shape.batches(Phase::kTrain) - config.first.batch;
}

results::RunDescription describe_scenario(const Scenario& scenario, const std::string& command,
                                          const Plan& plan, const DeviceProfile& central,
                                          bool synthetic_data) {
  results::RunDescription description;
  description.name = scenario.name;
  description.command = command;
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
    description.model += fmt::format(" width {:g}", scenario.model.width);
  }
  description.data_set = scenario.cost.numerics ? scenario.data.set : "none (sizes only)";
  description.synthetic_data = synthetic_data;
  description.network_model = scenarios::to_string(scenario.network.model);
  description.cost_source = scenarios::to_string(scenario.cost.source);
  if (scenario.network.link.bandwidth_model == scenarios::BandwidthKind::kConstant) {
    description.bandwidth_mbit_s = scenario.network.link.bandwidth_mbit_s;
  }
  description.plan = plan;
  for (const CodecName& name : codec_names(scenario.codec)) {
    description.codec_names.push_back(name.text());
  }
  for (const UnitProfile& unit : central.units) {
    description.unit_output_values.push_back(unit.output_values);
  }
  for (const scenarios::Device& device : scenario.devices) {
    description.device_names.push_back(device.name);
  }
  description.warmup_batches = scenario.results.warmup_batches;
  description.timeline_batches = scenario.results.timeline_batches;
  return description;
}

}  // namespace acceptlab::app
