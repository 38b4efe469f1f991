#pragma once

#include <algorithm>
#include <cmath>

#include "partition/problem.h"
#include "runtime/base/rng.h"

namespace acceptlab::partition {

// A network-like chain: unit times and sizes over two decades, large activations in front.
inline std::vector<Unit> random_units(int count, Rng& rng) {
  const auto spread = [&](double low, double high) {
    return low * std::pow(high / low, rng.uniform());
  };
  std::vector<Unit> units(static_cast<std::size_t>(count));
  for (std::size_t u = 0; u < units.size(); ++u) {
    const double depth = static_cast<double>(u) / count;
    Unit& unit = units[u];
    unit.time = {spread(10, 1000), spread(20, 2000)};
    unit.activation_bytes = spread(1e4, 1e6) * (1.2 - depth);
    unit.gradient_bytes = unit.activation_bytes;
    unit.parameter_bytes = spread(1e3, 1e6) * (0.2 + depth);
  }
  return units;
}

// Devices slower by a factor, all on links of 100 MB/s.
inline Problem equal_links(int units, int devices, Mode mode, Rng& rng) {
  Problem problem;
  problem.mode = mode;
  problem.units = random_units(units, rng);
  problem.devices.resize(static_cast<std::size_t>(devices));
  for (Device& device : problem.devices) {
    device.time_factor = rng.uniform(1, 4);
    device.bandwidth_bytes_per_s = 1e8;
  }
  return problem;
}

// Every device with its own unit times, memory (that binds), bandwidth and
// latency; compressed eightfold.
inline Problem heterogeneous(int units, int devices, Mode mode, Rng& rng) {
  Problem problem = equal_links(units, devices, mode, rng);
  double parameters = 0.0;
  double largest = 0.0;
  for (const Unit& unit : problem.units) {
    parameters += unit.parameter_bytes;
    largest = std::max(largest, unit.parameter_bytes);
  }
  for (Device& device : problem.devices) {
    const double factor = device.time_factor;
    for (const Unit& unit : problem.units) {
      device.unit_times.push_back({unit.time.forward_us * factor * rng.uniform(0.7, 1.4),
                                   unit.time.backward_us * factor * rng.uniform(0.7, 1.4)});
    }
    device.memory_bytes =
        problem.memory_factor * (parameters / devices * rng.uniform(1.2, 3.0) + largest);
    device.bandwidth_bytes_per_s = 1e7 * std::pow(10.0, rng.uniform(0, 1));
    device.latency_us = 1000;
  }
  Codec codec;
  codec.activation_ratio = codec.gradient_ratio = 8.0;
  problem.codecs.push_back(codec);
  return problem;
}

}  // namespace acceptlab::partition
