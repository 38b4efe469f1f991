#pragma once

#include <memory>
#include <vector>

#include "sim/bandwidth_model.h"

namespace acceptlab::sim {

// From `start` on, for `length`, only a part of the rate is left.
struct BandwidthDrop {
  Duration start{0};
  Duration length{0};
  double factor = 1.0;  // above 0, at most 1
};

// The model with these drops. Where several overlap, the smallest factor counts. Rates below
// kSlowestRate are raised to it.
std::unique_ptr<BandwidthModel> make_dropped_bandwidth(std::unique_ptr<BandwidthModel> model,
                                                       std::vector<BandwidthDrop> drops);

}  // namespace acceptlab::sim
