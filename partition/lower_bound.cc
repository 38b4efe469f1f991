#include "partition/lower_bound.h"

#include <numeric>
#include <vector>

namespace acceptlab::partition {

namespace {

bool all_are_additive(const Costs& costs) {
  for (int d = 0; d < costs.devices(); ++d) {
    if (!costs.is_additive(d)) return false;
  }
  return true;
}

// The least time of a unit on any device.
std::vector<double> fastest_times(const Costs& costs) {
  std::vector<double> times;
  for (int u = 0; u < costs.units(); ++u) {
    double fastest = Costs::kNoLimit;
    for (int d = 0; d < costs.devices(); ++d) {
      fastest = std::min(fastest, costs.compute_us(d, u, u + 1));
    }
    times.push_back(fastest);
  }
  return times;
}

}  // namespace

double least_work_us(const Costs& costs) {
  if (!all_are_additive(costs)) return 0.0;
  const std::vector<double> fastest = fastest_times(costs);
  return std::accumulate(fastest.begin(), fastest.end(), 0.0);
}

double compute_bound_us(const Costs& costs) {
  if (!all_are_additive(costs)) return 0.0;
  const std::vector<double> fastest = fastest_times(costs);
  double slowest_unit = 0.0;
  double work = 0.0;
  for (const double time : fastest) {
    slowest_unit = std::max(slowest_unit, time);
    work += time;
  }
  // Weigh units by their fastest times. Within lambda a device does at most
  // lambda * max(weight / its time), so lambda is at least work / sum of these.
  double speed = 0.0;
  for (int d = 0; d < costs.devices(); ++d) {
    double best = 0.0;
    for (int u = 0; u < costs.units(); ++u) {
      const double time = costs.compute_us(d, u, u + 1);
      if (fastest[static_cast<std::size_t>(u)] > 0.0) {
        best = std::max(best, fastest[static_cast<std::size_t>(u)] / time);
      }
    }
    speed += best;
  }
  // Rounding must not lift it above a plan that is a perfect split.
  const double share = speed > 0.0 ? work / speed * (1.0 - 1e-12) : 0.0;
  return std::max(slowest_unit, share);
}

}  // namespace acceptlab::partition
