#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/bandwidth_model.h"

namespace acceptlab::sim {

// Alternates between a good and a bad rate; dwell times are exponential. Starts in the good state.
struct MarkovBandwidthOptions {
  BitsPerSecond good;
  BitsPerSecond bad;
  Duration mean_good{0};  // > 0
  Duration mean_bad{0};   // > 0
};

// A walk in the logarithm of the rate: every `interval` the rate is multiplied by
// exp(U(-relative_step, relative_step)) and reflected at the bounds.
struct RandomWalkBandwidthOptions {
  BitsPerSecond start;
  BitsPerSecond min;
  BitsPerSecond max;
  Duration interval{0};        // > 0
  double relative_step = 0.1;  // in (0, 1]
};

// `stream` names the link direction: each draws numbers of its own from the same seed. Throw
// ConfigError where an option is out of its range.
std::unique_ptr<BandwidthModel> make_markov_bandwidth(const MarkovBandwidthOptions& options,
                                                      std::uint64_t seed, std::string_view stream);
std::unique_ptr<BandwidthModel> make_random_walk_bandwidth(
    const RandomWalkBandwidthOptions& options, std::uint64_t seed, std::string_view stream);

}  // namespace acceptlab::sim
