#include "partition/check_problem.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "runtime/base/check.h"

namespace acceptlab::partition {

namespace {

// More than any link should need for a batch; keeps sums of times far from overflow.
constexpr double kLongestTransferSeconds = 1e9;

Error config_error(const std::string& what) { return {ErrorKind::kConfig, "partition: " + what}; }

std::optional<Error> check_size(const char* field, std::size_t have, std::size_t expected) {
  if (have == expected) return std::nullopt;
  return config_error(std::string(field) + " has " + std::to_string(have) + " entries, expected " +
                      std::to_string(expected));
}

std::optional<Error> check_bytes(const char* field, const std::vector<Bytes>& sizes) {
  for (std::size_t u = 0; u < sizes.size(); ++u) {
    if (sizes[u] < Bytes(0)) {
      return config_error(std::string(field) + " of unit " + std::to_string(u + 1) +
                          " is negative: " + std::to_string(sizes[u].count()));
    }
  }
  return std::nullopt;
}

std::optional<Error> check_units(const PlanProblem& problem) {
  if (problem.units < 1) {
    return config_error("a model needs at least 1 unit, have " + std::to_string(problem.units));
  }
  const auto units = static_cast<std::size_t>(problem.units);
  if (auto e = check_size("activation_bytes", problem.activation_bytes.size(), units - 1)) return e;
  if (auto e = check_size("gradient_bytes", problem.gradient_bytes.size(), units - 1)) return e;
  if (auto e = check_size("parameter_bytes", problem.parameter_bytes.size(), units)) return e;
  if (auto e = check_bytes("activation_bytes", problem.activation_bytes)) return e;
  if (auto e = check_bytes("gradient_bytes", problem.gradient_bytes)) return e;
  return check_bytes("parameter_bytes", problem.parameter_bytes);
}

std::optional<Error> check_devices(const PlanProblem& problem) {
  if (problem.devices.empty()) return config_error("there are no devices");
  if (!std::isfinite(problem.memory_factor) || problem.memory_factor <= 0.0) {
    return config_error("memory_factor must be positive, have " +
                        std::to_string(problem.memory_factor));
  }
  for (std::size_t d = 0; d < problem.devices.size(); ++d) {
    const auto& memory = problem.devices[d].memory;
    if (memory && *memory < Bytes(0)) {
      return config_error("memory of device " + std::to_string(d) +
                          " is negative: " + std::to_string(memory->count()));
    }
  }
  return std::nullopt;
}

std::int64_t largest(const std::vector<Bytes>& sizes) {
  std::int64_t most = 0;
  for (const Bytes size : sizes) most = std::max(most, size.count());
  return most;
}

std::optional<Error> check_bandwidth(const PlanProblem& problem) {
  const std::size_t devices = problem.devices.size();
  if (auto e = check_size("bandwidth", problem.bandwidth.size(), devices)) return e;
  const double most = static_cast<double>(
      std::max(largest(problem.activation_bytes), largest(problem.gradient_bytes)));
  for (std::size_t from = 0; from < devices; ++from) {
    const std::string row = "bandwidth from device " + std::to_string(from);
    if (auto e = check_size(row.c_str(), problem.bandwidth[from].size(), devices)) return e;
    for (std::size_t to = 0; to < devices; ++to) {
      if (to == from) continue;
      const BitsPerSecond rate = problem.bandwidth[from][to];
      const std::string link = row + " to device " + std::to_string(to);
      if (rate <= BitsPerSecond(0)) {
        return config_error(link + " must be positive, have " + std::to_string(rate.count()) +
                            " bit/s");
      }
      if (most * 8.0 / static_cast<double>(rate.count()) > kLongestTransferSeconds) {
        return config_error(link + ", " + std::to_string(rate.count()) +
                            " bit/s, needs more than 30 years for a batch");
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> check_problem(const PlanProblem& problem) {
  ACCEPTLAB_CHECK(problem.times != nullptr);
  if (auto error = check_units(problem)) return error;
  if (auto error = check_devices(problem)) return error;
  return check_bandwidth(problem);
}

}  // namespace acceptlab::partition
