#include "runtime/snapshot_ledger.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab {

namespace {

// Of one snapshot: who holds each unit.
std::map<int, std::set<DeviceId>> holders_of(SnapshotId snapshot, const Holdings& holdings) {
  std::map<int, std::set<DeviceId>> holders;
  for (const auto& [device, parts] : holdings) {
    for (const HeldUnits& part : parts) {
      if (part.snapshot != snapshot) continue;
      for (int unit = part.units.begin; unit < part.units.end; ++unit) {
        holders[unit].insert(device);
      }
    }
  }
  return holders;
}

// Itself, where it can be, else another worker, else the central node, which has most to do.
DeviceId best_holder(const std::set<DeviceId>& holders, DeviceId wanted_by) {
  return holders.count(wanted_by) != 0 ? wanted_by : *holders.rbegin();
}

void add_source(int unit, DeviceId holder, std::vector<UnitSource>& sources) {
  const bool goes_on =
      !sources.empty() && sources.back().holder == holder && sources.back().units.end == unit;
  if (!goes_on) sources.push_back({{unit, unit}, holder});
  sources.back().units.end = unit + 1;
}

}  // namespace

void send_drop(DeviceId device, SnapshotId snapshot, Effects& out) {
  Frame drop;
  drop.kind = FrameKind::kDrop;
  drop.snapshot = snapshot;
  out.send(device, std::move(drop));
}

SnapshotLedger::SnapshotLedger(const Snapshot& at_start, int units) : units_(units) {
  entries_.emplace_back();
  entries_.front().snapshot = at_start;
}

void SnapshotLedger::add(const Snapshot& snapshot, const ReplicationSample& record, int stages) {
  ACCEPTLAB_CHECK(entries_.back().snapshot.id < snapshot.id);
  Entry entry;
  entry.snapshot = snapshot;
  entry.record = record;
  entry.copies = stages > 1 ? 2 : 1;
  entries_.push_back(std::move(entry));
}

SnapshotLedger::Entry* SnapshotLedger::find(SnapshotId id) {
  for (Entry& entry : entries_) {
    if (entry.snapshot.id == id) return &entry;
  }
  return nullptr;
}

bool SnapshotLedger::whole(const Entry& entry) const {
  return static_cast<int>(entry.where.size()) == units_ &&
         std::all_of(entry.where.begin(), entry.where.end(),
                     [&](const auto& unit) { return unit.second.size() >= entry.copies; });
}

bool SnapshotLedger::on_central_node(const Entry& entry) const {
  return static_cast<int>(entry.where.size()) == units_ &&
         std::all_of(entry.where.begin(), entry.where.end(),
                     [](const auto& unit) { return unit.second.count(kCentralNode) != 0; });
}

void SnapshotLedger::copied(TimePoint now, DeviceId holder, const Frame& frame,
                            const std::vector<DeviceId>& devices, Effects& out) {
  Entry* entry = find(frame.snapshot);
  if (entry == nullptr) return;  // given up or replaced meanwhile
  for (int unit = frame.units.begin; unit < frame.units.end; ++unit) {
    entry->where[unit].insert(holder);
  }
  entry->record.copied += frame.fetched;
  if (!entry->record.whole && whole(*entry)) entry->record.whole = now;
  drop_replaced(devices, out);
}

// Snapshots before the newest whole one are not needed, but for the newest that the central node
// has in full: it is there where two devices are lost at once.
void SnapshotLedger::drop_replaced(const std::vector<DeviceId>& devices, Effects& out) {
  std::size_t newest_whole = 0;
  std::size_t newest_central = 0;
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    if (whole(entries_[i])) newest_whole = i;
    if (on_central_node(entries_[i])) newest_central = i;
  }
  std::vector<Entry> kept;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    const bool replaced = i > 0 && i < newest_whole;
    const bool stays_central = i == newest_central;
    for (const DeviceId device : devices) {
      const bool drops = replaced && !entry.only_central && device != kCentralNode;
      const bool central_drops = replaced && !stays_central && device == kCentralNode;
      if (drops || central_drops) send_drop(device, entry.snapshot.id, out);
    }
    if (replaced && !stays_central) {
      out.record(entry.record);
      continue;
    }
    entry.only_central = replaced;
    kept.push_back(std::move(entry));
  }
  entries_ = std::move(kept);
}

SnapshotLedger::Choice SnapshotLedger::newest_in(const Holdings& holdings, const Plan& plan) const {
  for (std::size_t i = entries_.size() - 1; i > 0; --i) {
    const auto holders = holders_of(entries_[i].snapshot.id, holdings);
    if (static_cast<int>(holders.size()) != units_) continue;
    Choice choice{entries_[i].snapshot, {}};
    for (const PlannedStage& stage : plan.stages) {
      for (int unit = stage.units.begin; unit < stage.units.end; ++unit) {
        add_source(unit, best_holder(holders.at(unit), stage.device), choice.sources);
      }
    }
    return choice;
  }
  return {entries_.front().snapshot, {}};
}

void SnapshotLedger::rewind(SnapshotId snapshot, const Holdings& holdings, Effects& out) {
  while (snapshot < entries_.back().snapshot.id) {
    out.record(entries_.back().record);
    entries_.pop_back();
  }
  for (const auto& [device, parts] : holdings) {
    for (const HeldUnits& part : parts) {
      if (find(part.snapshot) == nullptr) send_drop(device, part.snapshot, out);
    }
  }
}

void SnapshotLedger::finish(Effects& out) {
  for (std::size_t i = 1; i < entries_.size(); ++i) out.record(entries_[i].record);
}

}  // namespace acceptlab
