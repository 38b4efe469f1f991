#include "app/stages.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/sized_compute.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

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

std::unique_ptr<sim::CostModel> make_cost(const Scenario& scenario, DeviceId id, bool has_cuts,
                                          const DeviceProfiles& profiles) {
  const auto device = static_cast<std::size_t>(id.value);
  sim::Slowdown slowdown = slowdown_of(scenario.devices[device]);
  if (scenario.cost.source == scenarios::CostSource::kMeasured) {
    return std::make_unique<sim::MeasuredCost>(std::move(slowdown));
  }
  const DeviceProfile& profile = profiles[device];
  std::vector<sim::CodecSpeeds> speeds;
  if (has_cuts) {
    const scenarios::CodecSettings& codec = scenario.codec;
    for (const CodecName& name : codec_names(codec)) {
      speeds.push_back(
          {codec_speed(profile, name.forward,
                       codec.activation_feedback != scenarios::ActivationFeedback::kNone),
           codec_speed(profile, name.backward,
                       codec.gradient_feedback != scenarios::GradientFeedback::kNone)});
    }
  }
  return std::make_unique<sim::ProfileCost>(profile, std::move(speeds), std::move(slowdown));
}

torch_stage::ModelOptions model_of(const Scenario& scenario) {
  return {scenario.model.name, scenario.model.width, scenario.model.classes};
}

std::vector<UnitSize> unit_sizes(const Scenario& scenario, const DeviceProfile& profile) {
  std::vector<Bytes> states(profile.units.size());
  if (scenario.plan_may_change()) states = torch_stage::moved_unit_sizes(model_of(scenario));
  std::vector<UnitSize> sizes;
  for (std::size_t u = 0; u < profile.units.size(); ++u) {
    sizes.push_back({profile.units[u].output_values, states[u]});
  }
  return sizes;
}

torch_stage::TorchStageOptions stage_options(const Scenario& scenario,
                                             const torch_stage::InputFormat& input,
                                             const RunCodecs& codecs, const StageConfig& config) {
  torch_stage::TorchStageOptions options;
  options.model = model_of(scenario);
  options.units = config.units;
  options.stage = config.stage;
  options.input_term = config.input_term;
  options.output_term = config.output_term;
  options.slots = config.slots();
  options.policy = config.schedule.weights;
  options.sgd = {scenario.training.momentum, scenario.training.weight_decay};
  options.seed = static_cast<std::uint64_t>(scenario.seed);
  options.input = input;
  for (const RunCodec& codec : codecs) {
    torch_stage::StageCodecs& own = options.codecs.emplace_back();
    if (!config.first()) {
      own.input_activation = codec.forward.get();
      own.input_gradient = codec.backward.get();
    }
    if (!config.last()) {
      own.output_activation = codec.forward.get();
      own.output_gradient = codec.backward.get();
    }
  }
  return options;
}

std::vector<SizingCodec> sizing_of(const RunCodecs& codecs) {
  std::vector<SizingCodec> sizing;
  for (const RunCodec& codec : codecs) {
    sizing.push_back({codec.forward.get(), codec.backward.get()});
  }
  return sizing;
}

std::vector<DeviceId> used_devices(const Scenario& scenario, const Plan& plan) {
  std::vector<DeviceId> ids;
  if (!scenario.plan_may_change()) {
    for (const PlannedStage& stage : plan.stages) ids.push_back(stage.device);
    return ids;
  }
  for (std::size_t d = 0; d < scenario.devices.size(); ++d) {
    ids.push_back(DeviceId{static_cast<int>(d)});
  }
  return ids;
}

}  // namespace

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

std::unique_ptr<torch_stage::TorchDevice> make_stage_device(const Scenario& scenario,
                                                            const std::optional<StageConfig>& first,
                                                            const torch_stage::InputFormat& input,
                                                            const RunCodecs& codecs) {
  return torch_stage::make_torch_device(first ? &*first : nullptr,
                                        [&scenario, input, &codecs](const StageConfig& config) {
                                          return stage_options(scenario, input, codecs, config);
                                        });
}

sim::Slowdown slowdown_of(const scenarios::Device& device) {
  std::vector<std::pair<TimePoint, double>> steps;
  for (const scenarios::Step& step : device.slowdown_steps) {
    steps.emplace_back(TimePoint(from_seconds(step.time_s)), device.slowdown * step.value);
  }
  return sim::Slowdown(device.slowdown, std::move(steps));
}

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

DeviceParts make_devices(const Scenario& scenario, const Plan& plan, const Training& training,
                         const DeviceProfiles& profiles, const data::Dataset* data,
                         RunCodecs codecs) {
  ACCEPTLAB_CHECK(scenario.cost.numerics == (data != nullptr));
  DeviceParts parts;
  parts.codecs = std::make_unique<RunCodecs>(std::move(codecs));
  parts.ids = used_devices(scenario, plan);
  torch_stage::InputFormat input;
  if (data != nullptr) input = input_format(*data);
  for (const DeviceId id : parts.ids) {
    parts.costs.push_back(make_cost(scenario, id, parts.ids.size() > 1, profiles));
    if (data == nullptr) {
      parts.computes.push_back(std::make_unique<SizedCompute>(unit_sizes(scenario, profiles[0]),
                                                              sizing_of(*parts.codecs)));
      continue;
    }
    auto device =
        make_stage_device(scenario, stage_of(id, {0, plan, {}}, training), input, *parts.codecs);
    parts.torch.push_back(device.get());
    parts.computes.push_back(std::move(device));
  }
  return parts;
}

}  // namespace acceptlab::app
