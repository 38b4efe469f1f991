#include "app/emulated_faults.h"

#include <optional>

namespace acceptlab::app {

namespace {

std::optional<sim::FaultKind> kind_of(scenarios::FaultKind kind) {
  switch (kind) {
    case scenarios::FaultKind::kKill:
      return sim::FaultKind::kKill;
    case scenarios::FaultKind::kPause:
      return sim::FaultKind::kPause;
    case scenarios::FaultKind::kRestart:
      return sim::FaultKind::kRestart;
    case scenarios::FaultKind::kLinkDown:
      return sim::FaultKind::kLinkDown;
    case scenarios::FaultKind::kCorrupt:
      return sim::FaultKind::kCorrupt;
    case scenarios::FaultKind::kBandwidth:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::vector<sim::Fault> emulated_faults(const scenarios::Scenario& scenario) {
  std::vector<sim::Fault> faults;
  for (const scenarios::Fault& given : scenario.faults) {
    const std::optional<sim::FaultKind> kind = kind_of(given.kind);
    if (!kind) continue;
    sim::Fault fault;
    fault.kind = *kind;
    if (given.at_s) fault.at = TimePoint(from_seconds(*given.at_s));
    fault.at_batch = given.at_batch;
    fault.device = DeviceId{given.device};
    fault.from = DeviceId{given.from};
    fault.to = DeviceId{given.to};
    fault.duration = from_seconds(given.duration_s);
    faults.push_back(fault);
  }
  return faults;
}

}  // namespace acceptlab::app
