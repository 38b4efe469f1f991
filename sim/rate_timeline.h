#pragma once

#include <memory>

#include "runtime/base/units.h"
#include "sim/bandwidth_model.h"

namespace acceptlab::sim {

// Reads a BandwidthModel along the time line. Segments are drawn when time reaches them, so an idle
// link costs nothing; times asked for must not decrease.
class RateTimeline {
 public:
  explicit RateTimeline(std::unique_ptr<BandwidthModel> model);

  RateRange range() const { return model_->range(); }
  // The rate at `time`, where an earlier time than asked before counts as the latest one.
  BitsPerSecond rate_at(TimePoint time);
  // When `size`, started at `start`, has passed: the integral of the rate, rounded up.
  TimePoint finish(TimePoint start, Bytes size);

 private:
  void advance_to(TimePoint time);

  std::unique_ptr<BandwidthModel> model_;
  BitsPerSecond rate_;
  TimePoint end_{};  // of the current segment; TimePoint::max(): never
};

}  // namespace acceptlab::sim
