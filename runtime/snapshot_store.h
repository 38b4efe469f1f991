#pragma once

#include <map>
#include <optional>
#include <vector>

#include "runtime/operation.h"
#include "runtime/payload.h"
#include "runtime/snapshot.h"

namespace acceptlab {

// What a device keeps of snapshots, unit by unit: those of its own stage, and copies for others.
class SnapshotStore {
 public:
  void keep(SnapshotId snapshot, int unit, Payload state);
  // Forgets the snapshot, and refuses parts of it that arrive later.
  void drop(SnapshotId snapshot);
  // Nothing where it is not held.
  std::optional<Payload> find(SnapshotId snapshot, int unit) const;
  // In order, runs of units joined.
  std::vector<HeldUnits> held() const;

 private:
  std::map<SnapshotId, std::map<int, Payload>> units_;
  std::map<std::uint32_t, std::int64_t> dropped_;  // newest version dropped, by term
};

}  // namespace acceptlab
