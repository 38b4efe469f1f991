#pragma once

#include "partition/chain_program.h"
#include "partition/costs.h"

namespace acceptlab::partition {

// The dynamic program over sets of devices, for free order and every cost that Costs knows: exact
// also in what decides between equal bottlenecks, but only for few devices.

// Entries of its table: multisets of devices, times types of device, cuts and codecs.
std::optional<std::size_t> subset_program_size(const Costs& costs);
inline constexpr std::size_t kLargestSubsetProgram = std::size_t{1} << 18;

// As solve_chain and cheapest_chain_within, in any order of any devices.
// Requires: subset_program_size <= kLargestSubsetProgram.
Placements solve_subsets(const Costs& costs);
Placements cheapest_subset_within(const Costs& costs, double limit_us);

}  // namespace acceptlab::partition
