#include "partition/cost_table.h"

#include <cmath>

#include "runtime/base/check.h"

namespace acceptlab::partition {

namespace {

Bytes parameters(const PlanProblem& problem, UnitRange units) {
  Bytes sum;
  for (int u = units.begin; u < units.end; ++u) {
    sum += problem.parameter_bytes[static_cast<std::size_t>(u)];
  }
  return sum;
}

bool fits(const PlanProblem& problem, DeviceId device, double need) {
  const auto& memory = problem.devices[static_cast<std::size_t>(device.value)].memory;
  return !memory || need <= static_cast<double>(memory->count());
}

double need_of(const PlanProblem& problem, Bytes parameter_bytes) {
  return problem.memory_factor * static_cast<double>(parameter_bytes.count());
}

}  // namespace

Bytes memory_need(const PlanProblem& problem, UnitRange units) {
  const double need = std::ceil(need_of(problem, parameters(problem, units)));
  return Bytes(static_cast<std::int64_t>(std::fmin(need, 9e18)));
}

std::optional<Error> check_memory(const PlanProblem& problem, DeviceId device, UnitRange units) {
  if (fits(problem, device, need_of(problem, parameters(problem, units)))) return std::nullopt;
  const Bytes limit = *problem.devices[static_cast<std::size_t>(device.value)].memory;
  return Error{ErrorKind::kConfig, "partition: units " + to_string(units) + " need " +
                                       std::to_string(memory_need(problem, units).count()) +
                                       " bytes of memory, device " + std::to_string(device.value) +
                                       " has " + std::to_string(limit.count())};
}

Duration link_time(const PlanProblem& problem, DeviceId from, DeviceId to, int units_before) {
  const auto cut = static_cast<std::size_t>(units_before) - 1;
  const auto p = static_cast<std::size_t>(from.value);
  const auto q = static_cast<std::size_t>(to.value);
  return problem.activation_bytes[cut] / problem.bandwidth[p][q] +
         problem.gradient_bytes[cut] / problem.bandwidth[q][p];
}

CostTable::CostTable(const PlanProblem& problem) : problem_(problem) {
  const auto side = static_cast<std::size_t>(problem.units) + 1;
  stages_.assign(problem.devices.size() * side * side, kDoesNotFit);
  for (int d = 0; d < static_cast<int>(problem.devices.size()); ++d) {
    for (int begin = 0; begin < problem.units; ++begin) {
      Bytes held;
      for (int end = begin + 1; end <= problem.units; ++end) {
        held += problem.parameter_bytes[static_cast<std::size_t>(end - 1)];
        if (!fits(problem, DeviceId{d}, need_of(problem, held))) break;
        const Duration time = problem.times->predict(DeviceId{d}, {begin, end}).total();
        ACCEPTLAB_CHECK(time >= Duration(0));
        stages_[index(DeviceId{d}, {begin, end})] = time;
      }
    }
  }
}

}  // namespace acceptlab::partition
