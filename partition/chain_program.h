#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "partition/costs.h"
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

using Placements = std::optional<std::vector<Placement>>;

// FTPipeHD's dynamic program, made for every cost that Costs knows: arbitrary
// sub-model times, memory, unequal links, codecs chosen for each cut. Least bottleneck; of equal
// ones the least quality cost, then the fewest stages, then the least sum of all times. Nothing
// where no plan is feasible.
// Cost, with L units, D devices, C codecs: D L^2 C^2 stages and D^2 L C links, times D where memory
// counts the stages that follow.
Placements solve_chain(const Costs& costs, const DeviceOrder& order);

// The same choice among plans of which no stage or link takes longer than `limit_us`.
Placements cheapest_chain_within(const Costs& costs, const DeviceOrder& order, double limit_us);

}  // namespace acceptlab::partition
