#pragma once

#include <optional>
#include <vector>

#include "partition/problem.h"
#include "partition/solution.h"

namespace acceptlab::partition {

// Devices in the order in which a pipeline may use them.
struct DeviceOrder {
  std::vector<int> devices;
  bool may_skip = false;        // some may be left out
  bool first_is_fixed = false;  // but not the first
};

// The problem's own order and mode. For kFree: its devices as given, of which some may be skipped.
DeviceOrder order_of(const Problem& problem);

// The stages of a plan; nothing where none is feasible.
using Placements = std::optional<std::vector<Placement>>;

}  // namespace acceptlab::partition
