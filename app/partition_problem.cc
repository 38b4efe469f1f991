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

partition::UnitTime to_unit_time(const StageTime& time) {
  return {to_us(time.forward), to_us(time.backward)};
}

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

// Times of both codecs of a cut, at both of its ends: nanoseconds for the values that cross it.
std::optional<CodecSpeed> codec_speed(const Scenario& scenario, const DeviceProfile& profile) {
  CodecSpeed sum;
  for (const std::string& name : {scenario.codec.forward, scenario.codec.backward}) {
    const auto found = profile.codecs.find(name);
    if (found == profile.codecs.end()) return std::nullopt;
    sum.encode_ns_per_value += found->second.encode_ns_per_value;
    sum.decode_ns_per_value += found->second.decode_ns_per_value;
  }
  return sum;
}

double total(const CodecSpeed& speed) {
  return speed.encode_ns_per_value + speed.decode_ns_per_value;
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

// Messages have their encoded sizes already: the ratio is 1, and a byte is one of a message. One
// time a byte serves both directions, so what the two ends do together is exact, and what either
// does is where both messages have the same size.
void add_codec(const Scenario& scenario, const DeviceProfiles& profiles, Problem& problem) {
  const CodecSpeed speed = codec_speed(scenario, profiles[0]).value();
  double values = 0.0;
  double bytes = 0.0;  // both directions
  for (std::size_t u = 0; u + 1 < problem.units.size(); ++u) {
    values +=
        static_cast<double>(profiles[0].units[u].output_values * scenario.training.batch_samples);
    bytes += problem.units[u].activation_bytes + problem.units[u].gradient_bytes;
  }
  if (bytes == 0.0) return;
  partition::Codec codec;
  codec.name = scenario.codec.forward == scenario.codec.backward
                   ? scenario.codec.forward
                   : scenario.codec.forward + "/" + scenario.codec.backward;
  codec.encode_us_per_byte = speed.encode_ns_per_value * 1e-3 * values / bytes;
  codec.decode_us_per_byte = speed.decode_ns_per_value * 1e-3 * values / bytes;
  problem.codecs.push_back(std::move(codec));
  for (std::size_t d = 0; d < profiles.size(); ++d) {
    const double own = total(codec_speed(scenario, profiles[d]).value());
    const double relative = total(speed) > 0.0 ? own / total(speed) : 1.0;
    problem.devices[d].codec_time_factor = scenario.devices[d].slowdown * relative;
  }
}

void add_devices(const Scenario& scenario, const Forecaster& times, Problem& problem) {
  const int units = problem.unit_count();
  for (std::size_t d = 0; d < scenario.devices.size(); ++d) {
    partition::Device device;
    device.name = scenario.devices[d].name;
    if (scenario.devices[d].memory_mb) device.memory_bytes = *scenario.devices[d].memory_mb * 1e6;
    device.sub_model_times.resize(problem.units.size() * problem.units.size());
    for (int first = 0; first < units; ++first) {
      for (int last = first; last < units; ++last) {
        const StageTime time =
            times.predict(DeviceId{static_cast<int>(d)}, UnitRange{first, last + 1});
        device.sub_model_times[static_cast<std::size_t>(first * units + last)] = to_unit_time(time);
      }
    }
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
                          const Forecaster& times, const TensorCodec& forward,
                          const TensorCodec& backward) {
  Problem problem;
  problem.mode = mode_of(scenario);
  problem.objective = scenario.partition.objective == scenarios::PlanObjective::kMakespan
                          ? partition::Objective::kMakespan
                          : partition::Objective::kBottleneck;
  problem.micro_batches = scenario.training.micro_batches;
  problem.memory_factor = scenario.partition.memory_factor;
  problem.first_device_is_fixed = true;
  add_units(scenario, profiles[0], forward, backward, problem);
  add_devices(scenario, times, problem);
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
    if (!codec_speed(scenario, profile)) return false;
  }
  return true;
}

}  // namespace acceptlab::app
