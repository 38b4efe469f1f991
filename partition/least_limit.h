#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

#include "partition/chain_program.h"
#include "partition/evaluate.h"

namespace acceptlab::partition {

// With a budget of quality the least bottleneck is no property of a plan's parts: this searches the
// least limit under which the cheapest plan keeps within the budget.
// `cheapest_within(limit_us)` gives the plan of least quality cost of which nothing takes longer.
template <typename CheapestWithin>
Placements least_within_budget(const Costs& costs, double budget,
                               const CheapestWithin& cheapest_within) {
  // Doubles that are not negative are ordered as their bits.
  const auto to_bits = [](double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  };
  const auto from_bits = [](std::uint64_t bits) {
    double value = 0.0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  };
  const auto affordable = [&](double limit_us) -> Placements {
    Placements plan = cheapest_within(limit_us);
    if (!plan || evaluate(costs, *plan).quality_cost > budget) return std::nullopt;
    return plan;
  };
  const Placements first = affordable(std::numeric_limits<double>::max());
  if (!first) return std::nullopt;
  std::uint64_t low = 0;  // the least limit that may do
  std::uint64_t high = to_bits(evaluate(costs, *first).bottleneck_us);
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (const Placements plan = affordable(from_bits(middle))) {
      high = to_bits(evaluate(costs, *plan).bottleneck_us);
    } else {
      low = middle + 1;
    }
  }
  return affordable(from_bits(high));
}

}  // namespace acceptlab::partition
