#include "app/stages.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/sized_compute.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

sim::Slowdown slowdown_of(const scenarios::Device& device) {
  std::vector<std::pair<TimePoint, double>> steps;
  for (const scenarios::Step& step : device.slowdown_steps) {
    steps.emplace_back(TimePoint(from_seconds(step.time_s)), device.slowdown * step.value);
  }
  return sim::Slowdown(device.slowdown, std::move(steps));
}

// With feedback the sender decodes what it has encoded. What it then adds up is not counted.
CodecSpeed codec_speed(const DeviceProfile& profile, const std::string& codec, bool feedback) {
  const auto found = profile.codecs.find(codec);
  if (found == profile.codecs.end()) {
    throw ConfigError("the profile of '" + profile.device + "' has no times for codec '" + codec +
                      "'; those of the usual codecs come from 'acceptlab profile', those of any "
                      "from the profile.json of a run with cost.source = \"measured\"");
  }
  CodecSpeed speed = found->second;
  if (feedback) speed.encode_ns_per_value += speed.decode_ns_per_value;
  return speed;
}

std::unique_ptr<sim::CostModel> make_cost(const Scenario& scenario, const PlannedStage& planned,
                                          const StageConfig& config,
                                          const DeviceProfiles& profiles) {
  const auto device = static_cast<std::size_t>(planned.device.value);
  sim::Slowdown slowdown = slowdown_of(scenario.devices[device]);
  if (scenario.cost.source == scenarios::CostSource::kMeasured) {
    return std::make_unique<sim::MeasuredCost>(std::move(slowdown));
  }
  const DeviceProfile& profile = profiles[device];
  sim::ProfiledStage stage{planned.units, config.first(), config.last(), config.slots(), {}, {}};
  if (config.stages > 1) {
    const scenarios::CodecSettings& codec = scenario.codec;
    stage.forward_codec = codec_speed(
        profile, codec.forward, codec.activation_feedback != scenarios::ActivationFeedback::kNone);
    stage.backward_codec = codec_speed(
        profile, codec.backward, codec.gradient_feedback != scenarios::GradientFeedback::kNone);
  }
  return std::make_unique<sim::ProfileCost>(profile, stage, std::move(slowdown));
}

std::unique_ptr<StageCompute> make_sized(const PlannedStage& planned, const StageConfig& config,
                                         const DeviceProfile& profile, const StageParts& parts) {
  const auto values_after = [&profile](int unit) {
    return profile.units[static_cast<std::size_t>(unit)].output_values;
  };
  StageSizes sizes;
  sizes.first = config.first();
  sizes.last = config.last();
  if (!config.first()) sizes.input_values = values_after(planned.units.begin - 1);
  if (!config.last()) sizes.output_values = values_after(planned.units.end - 1);
  return std::make_unique<SizedCompute>(sizes, *parts.codecs.forward, *parts.codecs.backward);
}

torch_stage::InputFormat input_format(const data::Dataset& data) {
  const data::ChannelStatistics statistics = data::channel_statistics(data);
  torch_stage::InputFormat format;
  format.channels = data.channels;
  format.height = data.height;
  format.width = data.width;
  format.mean = statistics.mean;
  format.deviation = statistics.deviation;
  return format;
}

std::unique_ptr<torch_stage::TorchStage> make_torch(const Scenario& scenario,
                                                    const PlannedStage& planned,
                                                    const StageConfig& config,
                                                    const torch_stage::InputFormat& input,
                                                    const StageParts& parts) {
  torch_stage::TorchStageOptions options;
  options.model = {scenario.model.name, scenario.model.width, scenario.model.classes};
  options.units = planned.units;
  options.stage = config.stage;
  options.slots = config.slots();
  options.policy = config.schedule.weights;
  options.sgd = {scenario.training.momentum, scenario.training.weight_decay};
  options.seed = static_cast<std::uint64_t>(scenario.seed);
  options.input = input;
  if (!config.first()) {
    options.codecs.input_activation = parts.codecs.forward.get();
    options.codecs.input_gradient = parts.codecs.backward.get();
  }
  if (!config.last()) {
    options.codecs.output_activation = parts.codecs.forward.get();
    options.codecs.output_gradient = parts.codecs.backward.get();
  }
  return torch_stage::make_torch_stage(options);
}

}  // namespace

Schedule schedule_of(const Scenario& scenario) {
  Schedule schedule;
  schedule.kind = scenario.schedule.kind == scenarios::ScheduleKind::k1f1b
                      ? ScheduleKind::kOneForwardOneBackward
                      : ScheduleKind::kSynchronous;
  schedule.weights = scenario.schedule.weights == scenarios::WeightPolicy::kReplicas
                         ? WeightPolicy::kReplicas
                         : WeightPolicy::kStash;
  schedule.aggregate_every_batches = scenario.schedule.aggregate_every_batches;
  return schedule;
}

TrainingShape shape_of(const Scenario& scenario, std::int64_t train_samples,
                       std::int64_t test_samples) {
  const scenarios::TrainingSettings& training = scenario.training;
  TrainingShape shape;
  shape.train_samples = train_samples;
  if (training.max_batches_per_epoch > 0) {
    const std::int64_t most = std::int64_t{training.max_batches_per_epoch} * training.batch_samples;
    shape.train_samples = std::min(shape.train_samples, most);
  }
  shape.test_samples = training.evaluate ? test_samples : 0;
  shape.batch_samples = training.batch_samples;
  shape.micro_batches = training.micro_batches;
  shape.evaluation_batch_samples = training.evaluation_batch_samples;
  return shape;
}

std::vector<StageConfig> stage_configs(const Plan& plan, const Schedule& schedule,
                                       const TrainingShape& shape) {
  std::vector<StageConfig> configs;
  for (int k = 0; k < plan.stage_count(); ++k) {
    const auto device = [&plan](int stage) {
      const bool exists = stage >= 0 && stage < plan.stage_count();
      return exists ? plan.stages[static_cast<std::size_t>(stage)].device : DeviceId{-1};
    };
    configs.push_back(StageConfig{k, plan.stage_count(), device(k), device(k - 1), device(k + 1),
                                  schedule, shape});
  }
  return configs;
}

StageParts make_stages(const Scenario& scenario, const Plan& plan,
                       const std::vector<StageConfig>& configs, const DeviceProfiles& profiles,
                       const data::Dataset* data, RunCodecs codecs) {
  ACCEPTLAB_CHECK(scenario.cost.numerics == (data != nullptr));
  StageParts parts;
  parts.codecs = std::move(codecs);
  torch_stage::InputFormat input;
  if (data != nullptr) input = input_format(*data);
  for (std::size_t k = 0; k < configs.size(); ++k) {
    const PlannedStage& planned = plan.stages[k];
    parts.costs.push_back(make_cost(scenario, planned, configs[k], profiles));
    if (data == nullptr) {
      parts.computes.push_back(make_sized(planned, configs[k], profiles[0], parts));
      continue;
    }
    auto stage = make_torch(scenario, planned, configs[k], input, parts);
    parts.torch.push_back(stage.get());
    parts.computes.push_back(std::move(stage));
  }
  return parts;
}

}  // namespace acceptlab::app
