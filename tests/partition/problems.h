#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "partition/planners.h"

namespace acceptlab::partition {

// Times from a table, not from a model: any set of times must be planned right.
class TableTimes final : public Forecaster {
 public:
  // [device][begin][end], nanoseconds of forward and backward together.
  std::vector<std::vector<std::vector<std::int64_t>>> table;

  StageTime predict(DeviceId device, UnitRange units) const override {
    const auto& row = table[static_cast<std::size_t>(device.value)];
    const std::int64_t total =
        row[static_cast<std::size_t>(units.begin)][static_cast<std::size_t>(units.end)];
    return {Duration(total / 3), Duration(total - total / 3)};
  }
};

// Additive times: unit u takes `unit_ns[u] * slowdown[device]`.
inline TableTimes additive_times(const std::vector<std::int64_t>& unit_ns,
                                 const std::vector<std::int64_t>& slowdown) {
  TableTimes times;
  const std::size_t units = unit_ns.size();
  for (const std::int64_t factor : slowdown) {
    std::vector<std::vector<std::int64_t>> rows(units + 1, std::vector<std::int64_t>(units + 1));
    for (std::size_t begin = 0; begin < units; ++begin) {
      for (std::size_t end = begin + 1; end <= units; ++end) {
        rows[begin][end] = rows[begin][end - 1] + unit_ns[end - 1] * factor;
      }
    }
    times.table.push_back(std::move(rows));
  }
  return times;
}

// At 8 Gbit/s a byte takes a nanosecond.
inline constexpr BitsPerSecond kBytePerNs{8'000'000'000};

// Every unit 100 bytes of parameters, every cut `cut_bytes` each way, every link `rate`.
inline PlanProblem plain_problem(int units, int devices, std::int64_t cut_bytes,
                                 const Forecaster& times, BitsPerSecond rate = kBytePerNs) {
  PlanProblem problem;
  problem.units = units;
  problem.devices.resize(static_cast<std::size_t>(devices));
  problem.activation_bytes.assign(static_cast<std::size_t>(units) - 1, Bytes(cut_bytes));
  problem.gradient_bytes = problem.activation_bytes;
  problem.parameter_bytes.assign(static_cast<std::size_t>(units), Bytes(100));
  problem.bandwidth.assign(problem.devices.size(),
                           std::vector<BitsPerSecond>(problem.devices.size(), rate));
  problem.times = &times;
  return problem;
}

// "device:first..last" for each stage.
inline std::vector<std::pair<int, UnitRange>> stages_of(const Plan& plan) {
  std::vector<std::pair<int, UnitRange>> stages;
  for (const PlannedStage& s : plan.stages) stages.emplace_back(s.device.value, s.units);
  return stages;
}

using Stages = std::vector<std::pair<int, UnitRange>>;

}  // namespace acceptlab::partition
