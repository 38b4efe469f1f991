#include "runtime/snapshot_store.h"

#include <algorithm>
#include <utility>

namespace acceptlab {

void SnapshotStore::keep(SnapshotId snapshot, int unit, Payload state) {
  const auto dropped = dropped_.find(snapshot.term);
  if (dropped != dropped_.end() && snapshot.version <= dropped->second) return;
  units_[snapshot][unit] = std::move(state);
}

void SnapshotStore::drop(SnapshotId snapshot) {
  units_.erase(snapshot);
  const auto [entry, is_new] = dropped_.emplace(snapshot.term, snapshot.version);
  if (!is_new) entry->second = std::max(entry->second, snapshot.version);
}

std::optional<Payload> SnapshotStore::find(SnapshotId snapshot, int unit) const {
  const auto parts = units_.find(snapshot);
  if (parts == units_.end()) return std::nullopt;
  const auto part = parts->second.find(unit);
  if (part == parts->second.end()) return std::nullopt;
  return part->second;
}

std::vector<HeldUnits> SnapshotStore::held() const {
  std::vector<HeldUnits> all;
  for (const auto& [snapshot, parts] : units_) {
    for (const auto& entry : parts) {
      const int unit = entry.first;
      const bool goes_on =
          !all.empty() && all.back().snapshot == snapshot && all.back().units.end == unit;
      if (!goes_on) all.push_back({snapshot, {unit, unit}});
      all.back().units.end = unit + 1;
    }
  }
  return all;
}

}  // namespace acceptlab
