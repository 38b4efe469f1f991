#pragma once

#include <map>
#include <set>
#include <vector>

#include "runtime/effects.h"
#include "runtime/samples.h"
#include "runtime/snapshot.h"

namespace acceptlab {

// A drained point that training can go back to.
struct Snapshot {
  SnapshotId id;
  EpochSample epoch;  // as far as it was
  int batch = 0;      // of the epoch: the first that is not in it
};

// What each device holds, by what it has answered to a probe.
using Holdings = std::map<DeviceId, std::vector<HeldUnits>>;

// What the central node knows of the snapshots of a run: where their copies are, which is whole
// (every unit on two devices), and which are not needed any more. The first, the state at the start
// of the run, needs no copies: every device can make it anew.
class SnapshotLedger {
 public:
  // `units`: of the model.
  SnapshotLedger(const Snapshot& at_start, int units);

  // `stages`: devices that write out their units; one alone has nobody to copy to.
  void add(const Snapshot& snapshot, const ReplicationSample& record, int stages);
  // These units of the snapshot are on this device now. Where a snapshot becomes whole, tells
  // `devices` to drop what it replaces, and records it.
  void copied(TimePoint now, DeviceId holder, const Frame& frame,
              const std::vector<DeviceId>& devices, Effects& out);

  // Nothing would be trained again, by a return to it, but what came after its drained point.
  bool newest_is_whole() const { return entries_.size() > 1 && whole(entries_.back()); }

  // The newest snapshot of which each unit is held by one of the devices, and who is to give it to
  // whom by this plan.
  struct Choice {
    Snapshot snapshot;
    std::vector<UnitSource> sources;  // none: the state at the start
  };
  Choice newest_in(const Holdings& holdings, const Plan& plan) const;
  // Training has gone back to `snapshot`: forgets newer ones, and has devices drop what they hold
  // beyond what the ledger knows.
  void rewind(SnapshotId snapshot, const Holdings& holdings, Effects& out);
  // Records what is not whole at the end of the run.
  void finish(Effects& out);

 private:
  struct Entry {
    Snapshot snapshot;
    ReplicationSample record;
    std::size_t copies = 2;                   // of each unit that make it whole
    std::map<int, std::set<DeviceId>> where;  // by unit
    bool only_central = false;                // other devices have dropped it
  };

  bool whole(const Entry& entry) const;
  bool on_central_node(const Entry& entry) const;
  Entry* find(SnapshotId id);
  void drop_replaced(const std::vector<DeviceId>& devices, Effects& out);

  int units_;
  std::vector<Entry> entries_;  // in order; the first is the state at the start
};

// Has the device drop the snapshot.
void send_drop(DeviceId device, SnapshotId snapshot, Effects& out);

}  // namespace acceptlab
