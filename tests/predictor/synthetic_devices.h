#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "predictor/probes.h"
#include "predictor/sub_model_predictor.h"
#include "runtime/base/rng.h"

namespace acceptlab::predictor {

// A made-up device: every unit has a time each way, and sub-models take the sum of them, off by
// noise.
struct SyntheticDevice {
  std::string name;
  std::vector<double> forward_ms;
  std::vector<double> backward_ms;
  double noise = 0.0;
  std::uint64_t seed = 0;

  StageTime time(UnitRange range) const {
    Rng rng(seed, name + to_string(range));
    StageTime total;
    for (int u = range.begin; u < range.end; ++u) {
      total.forward += from_milliseconds(forward_ms[static_cast<std::size_t>(u)]);
      total.backward += from_milliseconds(backward_ms[static_cast<std::size_t>(u)]);
    }
    const auto off = [&](Duration d) {
      return Duration(
          std::llround(static_cast<double>(d.count()) * std::exp(noise * rng.normal())));
    };
    return {off(total.forward), off(total.backward)};
  }
  std::vector<TimedSubModel> timed(const std::vector<UnitRange>& ranges) const {
    std::vector<TimedSubModel> all;
    for (const UnitRange range : ranges) all.push_back({range, time(range)});
    return all;
  }
  DeviceObservations observations() const {
    const int units = static_cast<int>(forward_ms.size());
    DeviceObservations device{name, {}};
    for (const TimedSubModel& t : timed(all_sub_models(units))) {
      device.observations.push_back(observation_of(t, units));
    }
    return device;
  }
};

// Devices differ in speed, and along three directions in their units (memory, vectors, backward).
inline SyntheticDevice synthetic_device(int units, int number, double noise = 0.01) {
  SyntheticDevice device;
  device.name = "device" + std::to_string(number);
  device.noise = noise;
  device.seed = 7;
  Rng own(static_cast<std::uint64_t>(number), "device");
  const double speed = std::exp(own.uniform(-1.0, 1.5));
  const double memory = own.normal();
  const double vectors = own.normal();
  const double backward = own.normal();
  for (int u = 0; u < units; ++u) {
    Rng unit(static_cast<std::uint64_t>(u), "unit");
    const double base = std::exp(unit.uniform(0.0, 2.0));
    const double shape = 0.2 * (memory * unit.normal() + vectors * unit.normal());
    device.forward_ms.push_back(base * speed * std::exp(shape));
    device.backward_ms.push_back(base * speed * std::exp(shape + 0.2 * backward) * 1.3);
  }
  return device;
}

inline std::vector<SyntheticDevice> synthetic_devices(int units, int count, int first = 0) {
  std::vector<SyntheticDevice> devices;
  for (int d = first; d < first + count; ++d) devices.push_back(synthetic_device(units, d));
  return devices;
}

inline std::vector<Structure> probe_structures(int units) {
  std::vector<Structure> structures;
  for (const UnitRange probe : fixed_probes(units))
    structures.push_back(structure_of(probe, units));
  return structures;
}

inline AdditivePrior prior_from(const std::vector<SyntheticDevice>& devices, int units) {
  std::vector<DeviceObservations> observed;
  for (const SyntheticDevice& device : devices) observed.push_back(device.observations());
  return fit_additive_prior(sub_model_features(units), 2, observed, probe_structures(units));
}

// Mean of |predicted - measured| / measured over all sub-models, in percent.
inline double mape_percent(const SubModelPredictor& predictor, const SyntheticDevice& device) {
  const int units = static_cast<int>(device.forward_ms.size());
  double sum = 0.0;
  for (const UnitRange range : all_sub_models(units)) {
    const auto measured = static_cast<double>(device.time(range).total().count());
    sum += std::abs(static_cast<double>(predictor.time(range).total().count()) / measured - 1.0);
  }
  return 100.0 * sum / static_cast<double>(all_sub_models(units).size());
}

}  // namespace acceptlab::predictor
