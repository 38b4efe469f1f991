#include "app/partition_problem.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

// Times that a profile records of the scenario's codecs: forward, then backward.
struct CodecSpeeds {
  CodecSpeed forward;
  CodecSpeed backward;
  double sum() const {
    return forward.encode_ns_per_value + forward.decode_ns_per_value +
           backward.encode_ns_per_value + backward.decode_ns_per_value;
  }
};

std::optional<CodecSpeeds> codec_speeds(const Scenario& scenario, const DeviceProfile& profile) {
  const auto forward = profile.codecs.find(scenario.codec.forward);
  const auto backward = profile.codecs.find(scenario.codec.backward);
  if (forward == profile.codecs.end() || backward == profile.codecs.end()) return std::nullopt;
  return CodecSpeeds{forward->second, backward->second};
}

void add_units(const Scenario& scenario, const DeviceProfile& profile, const TensorCodec& forward,
               const TensorCodec& backward, Problem& problem) {
  const auto message = [](const TensorCodec& codec, std::size_t values) {
    return static_cast<double>(codec.encoded_size(values).count() + kFrameHeaderSize);
  };
  for (const UnitProfile& from : profile.units) {
    partition::Unit unit;
    unit.name = from.name;
    unit.time = {to_us(from.forward), to_us(from.backward)};
    unit.parameter_bytes = 4.0 * static_cast<double>(from.parameter_values);
    const auto values =
        static_cast<std::size_t>(from.output_values * scenario.training.batch_samples);
    unit.activation_bytes = message(forward, values);
    unit.gradient_bytes = message(backward, values);
    unit.stash_bytes = 4.0 * static_cast<double>(values);
    problem.units.push_back(std::move(unit));
  }
}

// Messages have their encoded sizes already: the ratio is 1, and a byte is one of a message.
void add_codec(const Scenario& scenario, const DeviceProfiles& profiles, Problem& problem) {
  const CodecSpeeds speeds = codec_speeds(scenario, profiles[0]).value();
  double values = 0.0;
  double activation_bytes = 0.0;
  double gradient_bytes = 0.0;
  for (std::size_t u = 0; u + 1 < problem.units.size(); ++u) {
    values +=
        static_cast<double>(profiles[0].units[u].output_values * scenario.training.batch_samples);
    activation_bytes += problem.units[u].activation_bytes;
    gradient_bytes += problem.units[u].gradient_bytes;
  }
  if (values == 0.0) return;
  const auto per_byte = [&](const CodecSpeed& speed, double bytes) {
    const double us_per_ns = 1e-3 * values / bytes;
    return partition::CodecTime{speed.encode_ns_per_value * us_per_ns,
                                speed.decode_ns_per_value * us_per_ns};
  };
  partition::Codec codec;
  codec.name = scenario.codec.forward == scenario.codec.backward
                   ? scenario.codec.forward
                   : scenario.codec.forward + "/" + scenario.codec.backward;
  codec.activation_time = per_byte(speeds.forward, activation_bytes);
  codec.gradient_time = per_byte(speeds.backward, gradient_bytes);
  problem.codecs.push_back(std::move(codec));
  for (std::size_t d = 0; d < problem.devices.size(); ++d) {
    const double own = codec_speeds(scenario, profiles[d]).value().sum();
    const double relative = speeds.sum() > 0.0 ? own / speeds.sum() : 1.0;
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
                          const TensorCodec& forward, const TensorCodec& backward) {
  Problem problem;
  problem.mode = mode_of(scenario);
  problem.objective = scenario.partition.objective == scenarios::PlanObjective::kMakespan
                          ? partition::Objective::kMakespan
                          : partition::Objective::kBottleneck;
  problem.micro_batches = scenario.training.micro_batches;
  problem.memory_factor = scenario.partition.memory_factor;
  problem.first_device_is_fixed = true;
  add_units(scenario, profiles[0], forward, backward, problem);
  add_devices(scenario, problem);
  if (knows_codec_times(scenario, profiles)) add_codec(scenario, profiles, problem);
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
