#pragma once

#include <vector>

#include "runtime/base/ids.h"
#include "sim/network.h"

namespace acceptlab::sim {

// One direction of one link, as an index: 2 * link, plus 1 for b_to_a.
using DirectionIndex = int;

// Throws ConfigError on a link that cannot exist: devices outside [0, device_count), a link to
// itself, two links between one pair, a negative delay or queue, a loss outside [0, 1).
void check_links(const std::vector<LinkSpec>& links, int device_count);

// Which way messages go: over the fewest links; of several such ways, over the neighbour with the
// smallest id. Both networks use it, so they agree on every path.
class RouteTable {
 public:
  // Requires: check_links() passed.
  RouteTable(const std::vector<LinkSpec>& links, int device_count);

  static constexpr DirectionIndex kNone = -1;
  // The direction in which `at` sends towards `to`; kNone where there is no way (or at == to).
  DirectionIndex first_hop(DeviceId at, DeviceId to) const;
  // Where a direction leads.
  DeviceId end(DirectionIndex direction) const { return end_[direction]; }
  // The directions from `from` to `to`, in order. Throws ConfigError where there is no way.
  std::vector<DirectionIndex> path(DeviceId from, DeviceId to) const;

 private:
  std::vector<std::vector<DirectionIndex>> first_hop_;  // [at][to]
  std::vector<DeviceId> end_;                           // of each direction
};

}  // namespace acceptlab::sim
