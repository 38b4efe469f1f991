#pragma once

#include <cstdint>

#include "runtime/base/units.h"

namespace acceptlab {

// Hysteresis of repartition: forecasts are uncertain and moving costs time, so a plan that is
// hardly better is not worth it, nor is one for the last few batches.
struct ReplanThreshold {
  double min_gain = 0.1;     // of the time per batch, as a share of it
  double cost_factor = 2.0;  // the gain until the end must exceed so many times the cost

  // Times per batch of both plans by the same forecast.
  bool worth(Duration now, Duration then, Duration move_cost, std::int64_t batches_left) const;
};

}  // namespace acceptlab
