#pragma once

#include "runtime/base/units.h"

namespace acceptlab::sim {

// A rate that holds for a while.
struct RateSegment {
  BitsPerSecond rate;
  Duration length{0};  // > 0; Duration::max(): for ever
};

struct RateRange {
  BitsPerSecond slowest;
  BitsPerSecond fastest;
};

// The bandwidth of one direction of a link over time: successive segments from time 0 on. The same
// construction arguments give the same segments.
class BandwidthModel {
 public:
  virtual ~BandwidthModel() = default;
  virtual RateSegment next() = 0;
  // Bounds of what next() returns: TCP buffers are sized for the fastest rate.
  virtual RateRange range() const = 0;
};

// Slower rates are raised to this one: a packet under way keeps the rate at which it started, so a
// rate near zero would hold the link for ever. Outages in a trace therefore pass 0.1 Mbit/s.
inline constexpr BitsPerSecond kSlowestRate{100'000};

constexpr BitsPerSecond at_least_slowest(BitsPerSecond rate) {
  return rate < kSlowestRate ? kSlowestRate : rate;
}

}  // namespace acceptlab::sim
