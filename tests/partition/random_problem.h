#pragma once

#include "partition/problem.h"
#include "runtime/base/rng.h"

namespace acceptlab::partition {

// How many random problems to try: all, or a share of them where sanitizers make each slow.
constexpr int problems_of(int all) {
#ifdef __SANITIZE_ADDRESS__
  return all / 50;
#else
  return all;
#endif
}

// What may appear in a random problem.
struct Ingredients {
  int max_units = 6;
  int max_devices = 4;
  Mode mode = Mode::kFixedSkip;
  Objective objective = Objective::kBottleneck;
  bool memory = false;       // limits that often bind
  bool stash = false;        // counted in them
  bool tables = false;       // times of sub-models that follow no rule
  bool link_matrix = false;  // unequal both ways
  int max_codecs = 0;
  bool quality_budget = false;
  bool time_tolerance = false;
};

// Small whole numbers, so that ties are frequent; every run of one seed draws the same.
inline Problem random_problem(const Ingredients& what, Rng& rng) {
  const auto draw = [&](int most) {
    return static_cast<double>(rng.below(static_cast<std::uint64_t>(most) + 1));
  };
  const auto chance = [&](int one_in) {
    return rng.below(static_cast<std::uint64_t>(one_in)) == 0;
  };
  Problem p;
  p.mode = what.mode;
  p.objective = what.objective;
  p.duplex = chance(2) ? Duplex::kHalf : Duplex::kFull;
  p.units.resize(1 + rng.below(static_cast<std::uint64_t>(what.max_units)));
  p.devices.resize(1 + rng.below(static_cast<std::uint64_t>(what.max_devices)));
  for (Unit& unit : p.units) {
    unit.time = {draw(10), draw(20)};
    unit.activation_bytes = draw(10);
    unit.gradient_bytes = draw(10);
    unit.parameter_bytes = draw(10);
    unit.stash_bytes = draw(5);
  }
  const double rates[] = {2.5e5, 5e5, 1e6, 2e6};
  const auto draw_rate = [&]() -> std::optional<double> {
    if (chance(5)) return std::nullopt;
    return rates[rng.below(4)];
  };
  for (Device& device : p.devices) {
    device.time_factor = 0.5 * (1 + draw(5));
    device.bandwidth_bytes_per_s = draw_rate();
    if (chance(3)) device.latency_us = draw(3);
    device.codec_time_factor = draw(2);
    if (what.memory && !chance(4)) device.memory_bytes = draw(80);
    if (chance(3)) {
      for (std::size_t u = 0; u < p.units.size(); ++u)
        device.unit_times.push_back({draw(10), draw(20)});
    }
    if (what.tables && chance(2)) {
      for (std::size_t i = 0; i < p.units.size() * p.units.size(); ++i) {
        device.sub_model_times.push_back({draw(20), draw(20)});
      }
    }
  }
  if (what.link_matrix) {
    p.links.assign(p.devices.size(), std::vector<Link>(p.devices.size()));
    for (auto& row : p.links) {
      for (Link& link : row) link = {draw_rate(), draw(3)};
    }
  }
  if (what.max_codecs > 0) {
    p.codecs.resize(rng.below(static_cast<std::uint64_t>(what.max_codecs) + 1));
    for (Codec& codec : p.codecs) {
      codec.activation_ratio = 1 + draw(3);
      codec.gradient_ratio = 1 + draw(3);
      codec.activation_time = {0.25 * draw(2), 0.25 * draw(2)};
      codec.gradient_time = {0.25 * draw(2), 0.25 * draw(2)};
      codec.quality_cost = draw(3);
    }
  }
  p.memory_factor = 0.5 * (2 + draw(4));
  if (what.stash) p.stash = chance(3) ? Stash::kActivations : Stash::kPerStage;
  p.micro_batches = 1 + static_cast<int>(draw(4));
  p.first_device_is_fixed = chance(3);
  if (what.quality_budget && chance(2)) p.quality_budget = draw(5);
  // No ratio of two of the small numbers' sums.
  if (what.time_tolerance) p.time_tolerance = 0.0713 * (1 + draw(4));
  return p;
}

}  // namespace acceptlab::partition
