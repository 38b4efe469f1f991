#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "sim/bandwidth_model.h"

namespace acceptlab::sim {

// One rate for ever.
std::unique_ptr<BandwidthModel> make_constant_bandwidth(BitsPerSecond rate);

// From `start` on the rate is `rate`.
struct RateStep {
  Duration start{0};
  BitsPerSecond rate;
};

// A list of steps. With `period` the list starts over at each multiple of it; without, the last
// rate holds for ever. Throws ConfigError unless the first step starts at 0, starts increase, and
// the period is after the last start.
std::unique_ptr<BandwidthModel> make_step_bandwidth(std::vector<RateStep> steps,
                                                    std::optional<Duration> period = std::nullopt);

}  // namespace acceptlab::sim
