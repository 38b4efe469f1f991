#pragma once

#include <cstdint>
#include <ostream>

#include "runtime/base/ids.h"

namespace acceptlab {

// Names the state of all units at one drained point of a run. Term and version together are unique:
// training that goes back to a snapshot goes on in a newer term.
struct SnapshotId {
  std::uint32_t term = 0;    // of the plan in force
  std::int64_t version = 0;  // updates that all weights have behind them

  friend constexpr bool operator==(SnapshotId a, SnapshotId b) {
    return a.term == b.term && a.version == b.version;
  }
  friend constexpr bool operator!=(SnapshotId a, SnapshotId b) { return !(a == b); }
  friend constexpr bool operator<(SnapshotId a, SnapshotId b) {
    return a.term != b.term ? a.term < b.term : a.version < b.version;
  }
  friend std::ostream& operator<<(std::ostream& out, SnapshotId id) {
    return out << "snapshot of term " << id.term << " after " << id.version << " updates";
  }
};

// A part of a snapshot that a device holds.
struct HeldUnits {
  SnapshotId snapshot;
  UnitRange units;
};

// Who is to give these units.
struct UnitSource {
  UnitRange units;
  DeviceId holder;
};

}  // namespace acceptlab
