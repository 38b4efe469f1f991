#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/effects.h"
#include "runtime/plan.h"
#include "runtime/samples.h"
#include "runtime/snapshot_ledger.h"

namespace acceptlab {

// Whether and how a run survives the loss of devices. All but the central node can be lost.
struct RecoveryConfig {
  bool enabled = false;
  int replicate_every_batches = 100;                   // of the run
  int central_copy_every_batches = 200;                // a multiple of it
  Duration batch_deadline = std::chrono::seconds(30);  // to finish another mini-batch
  Duration probe_timeout = std::chrono::seconds(5);
};

// The central node's part in replication and recovery: watches whether training goes on, asks all
// devices when it does not, chooses the snapshot to go back to and knows when every device has what
// the plan gives it. What follows from that for the run (epochs, batches, the plan) is the central
// node's. Single-threaded: its central node owns it.
class Recovery {
 public:
  // `devices`: all that a plan may use, the central node among them. `at_start`: of this run.
  Recovery(const RecoveryConfig& config, std::vector<DeviceId> devices, const Snapshot& at_start,
           int units);

  // Those that take part: that have answered the latest probe.
  const std::vector<DeviceId>& devices() const { return devices_; }
  bool under_way() const { return state_ != State::kIdle; }
  // Frames of the plan in force count no more: another one is being prepared, or is to be again.
  bool restoring() const {
    return state_ == State::kRestoring || (state_ == State::kProbing && record_.probes > 1);
  }

  void start(TimePoint now, Effects& out);
  // Something was finished: nothing is late. Ends a probe that lateness began.
  void note_progress(TimePoint now, Effects& out);
  void finish(Effects& out);

  bool replication_due(std::int64_t batches_done) const;
  bool central_copy_due(std::int64_t batches_done) const;
  // All stages are drained. To be followed by the start of a phase. `record` says since when, and
  // whether the central node is to have a copy.
  void replicate(const Snapshot& snapshot, ReplicationSample record, const Plan& plan,
                 Effects& out);
  // kCopied has arrived.
  void on_copied(TimePoint now, DeviceId from, const Frame& frame, Effects& out);

  bool newest_copy_is_whole() const { return ledger_.newest_is_whole(); }
  // Whether the device is among those that train, as far as is known.
  bool takes_part(DeviceId device) const;

  // Asks all devices whether they are there. `about`: where the run is and why, unless a recovery
  // is under way already, of which this is then another attempt. `term`: newer than any before.
  void probe(TimePoint now, std::uint32_t term, const RecoverySample& about, Effects& out);
  // The answers of these count, too, where the next probe is waited for: they may return.
  void await_also(std::set<DeviceId> devices) { awaited_ = std::move(devices); }
  // True: training is late, and the central node is to probe.
  bool on_deadline(TimePoint now, TimerId timer, Effects& out);
  // True: the time to answer a probe is over, and the central node is to decide.
  bool on_probe_timeout(TimerId timer) const;
  // kAlive has arrived. True: all have answered, and the central node is to decide.
  bool on_alive(DeviceId from, const Frame& frame);

  struct Findings {
    std::vector<DeviceId> survivors;  // in order
    std::vector<DeviceId> lost;
    std::vector<DeviceId> returned;
    std::vector<DeviceId> restarted;
    bool has_all_of(const Plan& plan) const;  // its devices are among the survivors
  };
  Findings findings() const;
  // Has all survivors fetch what `plan` gives them. `term`: newer than any before.
  void restore(TimePoint now, std::uint32_t term, const Plan& plan, Effects& out);
  // kPrepared has arrived. True: it was the last, and the central node is to commit.
  bool on_prepared(TimePoint now, DeviceId from, const Frame& frame);
  // Training goes on with the snapshot. Returns what is to be recorded, and the snapshot.
  struct Outcome {
    RecoverySample record;
    Snapshot snapshot;
  };
  Outcome commit(TimePoint now, Effects& out);

 private:
  enum class State { kIdle, kProbing, kRestoring };

  void dismiss(Effects& out);  // the probe under way
  void note_devices(const Findings& found);

  RecoveryConfig config_;
  const std::vector<DeviceId> all_;
  std::vector<DeviceId> devices_;
  SnapshotLedger ledger_;
  State state_ = State::kIdle;
  TimePoint last_progress_{};
  TimePoint watched_from_{};    // the deadline counts from here
  std::uint32_t term_ = 0;      // of the probe or the plan under way
  RecoverySample record_;       // unless kIdle
  Holdings answers_;            // to the latest probe
  std::set<DeviceId> empty_;    // of those, the ones that have restarted
  Snapshot chosen_;             // kRestoring
  std::set<DeviceId> missing_;  // kRestoring: not prepared yet
  std::set<DeviceId> awaited_;  // beside devices_
};

// The plan without the devices that are not in `survivors`: their units go to the stage before.
// Requires: the first stage's device survives.
Plan plan_without_lost(const Plan& plan, const std::vector<DeviceId>& survivors);

}  // namespace acceptlab
