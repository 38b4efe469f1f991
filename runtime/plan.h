#pragma once

#include <algorithm>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"

namespace acceptlab {

struct PlannedStage {
  DeviceId device;
  UnitRange units;
  Duration predicted{0};  // of one mini-batch: forward, backward, codecs and update
  // By which of the run's codecs, counted from 0, the cut behind it is crossed, both ways.
  int codec = 0;
};

// Which device trains which units, in pipeline order: stages[0] is on the central node.
struct Plan {
  std::vector<PlannedStage> stages;
  std::vector<Duration> predicted_links;  // between stage s and s+1, both directions, a mini-batch
  Duration predicted_time{0};             // of a mini-batch, in the long run of the schedule

  int stage_count() const { return static_cast<int>(stages.size()); }
};

// The same units on the same devices, whatever the codecs.
inline bool same_stages(const Plan& a, const Plan& b) {
  return std::equal(a.stages.begin(), a.stages.end(), b.stages.begin(), b.stages.end(),
                    [](const PlannedStage& x, const PlannedStage& y) {
                      return x.device == y.device && x.units == y.units;
                    });
}

}  // namespace acceptlab
