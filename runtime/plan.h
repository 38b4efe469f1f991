#pragma once

#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"

namespace acceptlab {

struct PlannedStage {
  DeviceId device;
  UnitRange units;
  Duration predicted{0};  // forward + backward of one mini-batch
};

// Which device trains which units, in pipeline order: stages[0] is on the central node.
struct Plan {
  std::vector<PlannedStage> stages;
  std::vector<Duration> predicted_links;  // between stage s and s+1, both directions, a mini-batch
  Duration predicted_bottleneck{0};       // the largest of all of the above

  int stage_count() const { return static_cast<int>(stages.size()); }
};

}  // namespace acceptlab
