#include "runtime/replan_threshold.h"

namespace acceptlab {

bool ReplanThreshold::worth(Duration now, Duration then, Duration move_cost,
                            std::int64_t batches_left) const {
  const auto gain = static_cast<double>((now - then).count());
  if (gain <= 0.0 || gain < min_gain * static_cast<double>(now.count())) return false;
  return gain * static_cast<double>(batches_left) >
         cost_factor * static_cast<double>(move_cost.count());
}

}  // namespace acceptlab
