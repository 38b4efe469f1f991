#include "partition/problem.h"

#include <cmath>

namespace acceptlab::partition {

namespace {

// Sums over units and stages of what is checked stay far from overflow.
constexpr double kMost = 1e18;

Error config_error(const std::string& what) { return {ErrorKind::kConfig, "partition: " + what}; }

std::string in(const char* list, std::size_t index, const std::string& name) {
  const std::string place = std::string(list) + "[" + std::to_string(index) + "]";
  return name.empty() ? place : place + " ('" + name + "')";
}

std::optional<Error> check_amount(const std::string& place, const char* field, double value) {
  if (value >= 0.0 && value <= kMost) return std::nullopt;
  return config_error(place + ": " + field + " must be a number from 0 to 1e18, have " +
                      std::to_string(value));
}

std::optional<Error> check_positive(const std::string& place, const char* field, double value) {
  if (value > 0.0 && value <= kMost) return std::nullopt;
  return config_error(place + ": " + field + " must be a number above 0, at most 1e18, have " +
                      std::to_string(value));
}

std::optional<Error> check_times(const std::string& place, const UnitTime& time) {
  if (auto e = check_amount(place, "forward_us", time.forward_us)) return e;
  return check_amount(place, "backward_us", time.backward_us);
}

std::optional<Error> check_unit(const std::string& place, const Unit& unit) {
  if (auto e = check_times(place, unit.time)) return e;
  if (auto e = check_amount(place, "activation_bytes", unit.activation_bytes)) return e;
  if (auto e = check_amount(place, "gradient_bytes", unit.gradient_bytes)) return e;
  if (auto e = check_amount(place, "parameter_bytes", unit.parameter_bytes)) return e;
  return check_amount(place, "stash_bytes", unit.stash_bytes);
}

std::optional<Error> check_link(const std::string& place, const std::optional<double>& bandwidth,
                                double latency_us) {
  if (bandwidth) {
    if (auto e = check_positive(place, "bandwidth_bytes_per_s", *bandwidth)) return e;
  }
  return check_amount(place, "latency_us", latency_us);
}

std::optional<Error> check_unit_times(const std::string& place, const Device& device,
                                      std::size_t units) {
  if (!device.unit_times.empty() && device.unit_times.size() != units) {
    return config_error(place + ": unit_times has " + std::to_string(device.unit_times.size()) +
                        " entries for " + std::to_string(units) + " units");
  }
  for (std::size_t u = 0; u < device.unit_times.size(); ++u) {
    if (auto e =
            check_times(place + ".unit_times[" + std::to_string(u) + "]", device.unit_times[u])) {
      return e;
    }
  }
  return std::nullopt;
}

std::optional<Error> check_sub_model_times(const std::string& place, const Device& device,
                                           std::size_t units) {
  const std::vector<UnitTime>& times = device.sub_model_times;
  if (times.empty()) return std::nullopt;
  if (times.size() != units * units) {
    return config_error(place + ": sub_model_times has " + std::to_string(times.size()) +
                        " entries, expected " + std::to_string(units * units) + " for " +
                        std::to_string(units) + " units");
  }
  for (std::size_t first = 0; first < units; ++first) {
    for (std::size_t last = first; last < units; ++last) {
      const std::string entry = place + ".sub_model_times of units " + std::to_string(first + 1) +
                                ".." + std::to_string(last + 1);
      if (auto e = check_times(entry, times[first * units + last])) return e;
    }
  }
  return std::nullopt;
}

std::optional<Error> check_device(const std::string& place, const Device& device,
                                  std::size_t units) {
  if (auto e = check_positive(place, "time_factor", device.time_factor)) return e;
  if (auto e = check_amount(place, "codec_time_factor", device.codec_time_factor)) return e;
  if (auto e = check_link(place, device.bandwidth_bytes_per_s, device.latency_us)) return e;
  if (device.memory_bytes) {
    if (auto e = check_amount(place, "memory_bytes", *device.memory_bytes)) return e;
  }
  if (auto e = check_unit_times(place, device, units)) return e;
  return check_sub_model_times(place, device, units);
}

std::optional<Error> check_codec(const std::string& place, const Codec& codec) {
  if (auto e = check_positive(place, "activation_ratio", codec.activation_ratio)) return e;
  if (auto e = check_positive(place, "gradient_ratio", codec.gradient_ratio)) return e;
  for (const CodecTime& time : {codec.activation_time, codec.gradient_time}) {
    if (auto e = check_amount(place, "encode_us_per_byte", time.encode_us_per_byte)) return e;
    if (auto e = check_amount(place, "decode_us_per_byte", time.decode_us_per_byte)) return e;
  }
  return check_amount(place, "quality_cost", codec.quality_cost);
}

std::optional<Error> check_links(const Problem& problem) {
  const std::size_t devices = problem.devices.size();
  if (problem.links.empty()) return std::nullopt;
  if (problem.links.size() != devices) {
    return config_error("links has " + std::to_string(problem.links.size()) + " rows for " +
                        std::to_string(devices) + " devices");
  }
  for (std::size_t from = 0; from < devices; ++from) {
    const std::string row = "links[" + std::to_string(from) + "]";
    if (problem.links[from].size() != devices) {
      return config_error(row + " has " + std::to_string(problem.links[from].size()) +
                          " entries for " + std::to_string(devices) + " devices");
    }
    for (std::size_t to = 0; to < devices; ++to) {
      if (from == to) continue;
      const Link& link = problem.links[from][to];
      const std::string place = row + "[" + std::to_string(to) + "]";
      if (auto e = check_link(place, link.bandwidth_bytes_per_s, link.latency_us)) return e;
    }
  }
  return std::nullopt;
}

std::optional<Error> check_settings(const Problem& problem) {
  if (auto e = check_positive("problem", "memory_factor", problem.memory_factor)) return e;
  if (problem.micro_batches < 1) {
    return config_error("micro_batches must be at least 1, have " +
                        std::to_string(problem.micro_batches));
  }
  if (problem.quality_budget) {
    if (auto e = check_amount("problem", "quality_budget", *problem.quality_budget)) return e;
  }
  if (auto e = check_amount("problem", "time_tolerance", problem.time_tolerance)) return e;
  if (problem.time_tolerance > 0.0 && problem.objective != Objective::kBottleneck) {
    return config_error("time_tolerance must be 0 unless the objective is bottleneck, have " +
                        std::to_string(problem.time_tolerance));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> check(const Problem& problem) {
  if (problem.units.empty()) return config_error("there are no units");
  if (problem.devices.empty()) return config_error("there are no devices");
  if (auto e = check_settings(problem)) return e;
  for (std::size_t u = 0; u < problem.units.size(); ++u) {
    const Unit& unit = problem.units[u];
    if (auto e = check_unit(in("units", u, unit.name), unit)) return e;
  }
  for (std::size_t d = 0; d < problem.devices.size(); ++d) {
    const Device& device = problem.devices[d];
    if (auto e = check_device(in("devices", d, device.name), device, problem.units.size())) {
      return e;
    }
  }
  for (std::size_t c = 0; c < problem.codecs.size(); ++c) {
    const Codec& codec = problem.codecs[c];
    if (auto e = check_codec(in("codecs", c, codec.name), codec)) return e;
  }
  return check_links(problem);
}

const char* to_string(Mode mode) {
  switch (mode) {
    case Mode::kFixedAll:
      return "fixed_all";
    case Mode::kFixedSkip:
      return "fixed_skip";
    case Mode::kFree:
      break;
  }
  return "free";
}

const char* to_string(Objective objective) {
  return objective == Objective::kBottleneck ? "bottleneck" : "makespan";
}

const char* to_string(Duplex duplex) { return duplex == Duplex::kHalf ? "half" : "full"; }

const char* to_string(Stash stash) {
  switch (stash) {
    case Stash::kNone:
      return "none";
    case Stash::kActivations:
      return "activations";
    case Stash::kPerStage:
      break;
  }
  return "per_stage";
}

}  // namespace acceptlab::partition
