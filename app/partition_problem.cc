#include "app/partition_problem.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/codec_quality.h"
#include "app/links.h"
#include "runtime/frame.h"

namespace acceptlab::app {

namespace {

using partition::Problem;
using scenarios::Scenario;

double to_us(Duration time) { return to_milliseconds(time) * 1e3; }

partition::Mode mode_of(const Scenario& scenario) {
  switch (scenario.partition.mode) {
    case scenarios::DeviceOrder::kFixedAll:
      return partition::Mode::kFixedAll;
    case scenarios::DeviceOrder::kFree:
      return partition::Mode::kFree;
    case scenarios::DeviceOrder::kFixedSkip:
      break;
  }
  return partition::Mode::kFixedSkip;
}

// Times that a profile records of one of the scenario's codecs.
struct CodecSpeeds {
  CodecSpeed forward;
  CodecSpeed backward;
  double sum() const {
    return forward.encode_ns_per_value + forward.decode_ns_per_value +
           backward.encode_ns_per_value + backward.decode_ns_per_value;
  }
};

// Of all codecs, by number.
std::optional<std::vector<CodecSpeeds>> codec_speeds(const Scenario& scenario,
                                                     const DeviceProfile& profile) {
  std::vector<CodecSpeeds> speeds;
  for (const CodecName& name : codec_names(scenario.codec)) {
    const auto forward = profile.codecs.find(name.forward);
    const auto backward = profile.codecs.find(name.backward);
    if (forward == profile.codecs.end() || backward == profile.codecs.end()) return std::nullopt;
    speeds.push_back({forward->second, backward->second});
  }
  return speeds;
}

double sum_of(const std::vector<CodecSpeeds>& speeds) {
  double sum = 0.0;
  for (const CodecSpeeds& codec : speeds) sum += codec.sum();
  return sum;
}

std::size_t values_after(const Scenario& scenario, const UnitProfile& unit) {
  return static_cast<std::size_t>(unit.output_values * scenario.training.batch_samples);
}

double message_bytes(const TensorCodec& codec, std::size_t values) {
  return static_cast<double>(codec.encoded_size(values).count() + kFrameHeaderSize);
}

// Messages are those of the first codec.
void add_units(const Scenario& scenario, const DeviceProfile& profile, const RunCodec& first,
               Problem& problem) {
  for (const UnitProfile& from : profile.units) {
    partition::Unit unit;
    unit.name = from.name;
    unit.time = {to_us(from.forward), to_us(from.backward)};
    unit.update_us = to_us(from.update);
    unit.parameter_bytes = 4.0 * static_cast<double>(from.parameter_values);
    const std::size_t values = values_after(scenario, from);
    unit.activation_bytes = message_bytes(*first.forward, values);
    unit.gradient_bytes = message_bytes(*first.backward, values);
    unit.stash_bytes = 4.0 * static_cast<double>(values);
    problem.units.push_back(std::move(unit));
  }
}

// What crosses the model's cuts, one after another, by one codec.
struct Crossing {
  double values = 0.0;
  double activation_bytes = 0.0;
  double gradient_bytes = 0.0;
};

Crossing crossing(const Scenario& scenario, const DeviceProfile& profile, const RunCodec& codec) {
  Crossing sum;
  for (std::size_t u = 0; u + 1 < profile.units.size(); ++u) {
    const std::size_t values = values_after(scenario, profile.units[u]);
    sum.values += static_cast<double>(values);
    sum.activation_bytes += message_bytes(*codec.forward, values);
    sum.gradient_bytes += message_bytes(*codec.backward, values);
  }
  return sum;
}

// Ratios and times are to messages of the first codec, which have their encoded sizes already.
void add_codecs(const Scenario& scenario, const DeviceProfiles& profiles, const RunCodecs& codecs,
                Problem& problem) {
  const Crossing first = crossing(scenario, profiles[0], codecs[0]);
  if (first.values == 0.0) return;
  const auto per_byte = [&](const CodecSpeed& speed, double bytes) {
    const double us_per_ns = 1e-3 * first.values / bytes;
    return partition::CodecTime{speed.encode_ns_per_value * us_per_ns,
                                speed.decode_ns_per_value * us_per_ns};
  };
  const std::vector<CodecName> names = codec_names(scenario.codec);
  const bool is_timed = knows_codec_times(scenario, profiles);
  for (std::size_t c = 0; c < codecs.size(); ++c) {
    partition::Codec& codec = problem.codecs.emplace_back();
    codec.name = names[c].text();
    if (c > 0) {
      const Crossing own = crossing(scenario, profiles[0], codecs[c]);
      codec.activation_ratio = first.activation_bytes / own.activation_bytes;
      codec.gradient_ratio = first.gradient_bytes / own.gradient_bytes;
    }
    if (is_timed) {
      const CodecSpeeds speeds = codec_speeds(scenario, profiles[0]).value()[c];
      codec.activation_time = per_byte(speeds.forward, first.activation_bytes);
      codec.gradient_time = per_byte(speeds.backward, first.gradient_bytes);
    }
    if (!scenario.codec.is_chosen()) continue;
    codec.quality_cost =
        lost_of_activations(names[c].forward) + lost_of_gradients(names[c].backward);
  }
}

void add_codec_time_factors(const Scenario& scenario, const DeviceProfiles& profiles,
                            Problem& problem) {
  const double central = sum_of(codec_speeds(scenario, profiles[0]).value());
  for (std::size_t d = 0; d < problem.devices.size(); ++d) {
    const double own = sum_of(codec_speeds(scenario, profiles[d]).value());
    const double relative = central > 0.0 ? own / central : 1.0;
    problem.devices[d].codec_time_factor = scenario.devices[d].slowdown * relative;
  }
}

void add_devices(const Scenario& scenario, Problem& problem) {
  for (const scenarios::Device& from : scenario.devices) {
    partition::Device device;
    device.name = from.name;
    device.time_factor = from.slowdown;
    if (from.memory_mb) device.memory_bytes = *from.memory_mb * 1e6;
    problem.devices.push_back(std::move(device));
  }
}

void add_links(const Scenario& scenario, Problem& problem) {
  const int devices = problem.device_count();
  problem.links.assign(problem.devices.size(),
                       std::vector<partition::Link>(problem.devices.size()));
  for (int from = 0; from < devices; ++from) {
    for (int to = 0; to < devices; ++to) {
      if (from == to) continue;
      partition::Link& link =
          problem.links[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
      link.bandwidth_bytes_per_s =
          static_cast<double>(planning_rate(scenario, from, to).count()) / 8.0;
      link.latency_us = scenario.network.direction(from, to).delay_ms * 1e3;
    }
  }
}

}  // namespace

Problem partition_problem(const Scenario& scenario, const DeviceProfiles& profiles,
                          const RunCodecs& codecs) {
  Problem problem;
  problem.mode = mode_of(scenario);
  problem.objective = scenario.partition.objective == scenarios::PlanObjective::kMakespan
                          ? partition::Objective::kMakespan
                          : partition::Objective::kBottleneck;
  problem.micro_batches = scenario.training.micro_batches;
  problem.memory_factor = scenario.partition.memory_factor;
  problem.first_device_is_fixed = true;
  add_units(scenario, profiles[0], codecs[0], problem);
  add_devices(scenario, problem);
  const bool is_timed = knows_codec_times(scenario, profiles);
  if (is_timed || codecs.size() > 1) add_codecs(scenario, profiles, codecs, problem);
  if (is_timed) add_codec_time_factors(scenario, profiles, problem);
  if (scenario.codec.is_chosen()) problem.time_tolerance = scenario.codec.time_tolerance;
  if (scenario.schedule.kind == scenarios::ScheduleKind::kSingle) {
    problem.devices.resize(1);
    problem.mode = partition::Mode::kFixedSkip;
  } else {
    add_links(scenario, problem);
  }
  return problem;
}

bool knows_codec_times(const Scenario& scenario, const DeviceProfiles& profiles) {
  for (const DeviceProfile& profile : profiles) {
    if (!codec_speeds(scenario, profile)) return false;
  }
  return true;
}

}  // namespace acceptlab::app
