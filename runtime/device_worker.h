#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/effects.h"
#include "runtime/event.h"
#include "runtime/plan_in_force.h"
#include "runtime/snapshot_store.h"
#include "runtime/stage_worker.h"

namespace acceptlab {

// A device's part in the pipeline: the worker of its stage, where the plan gives it one, the change
// from one plan to the next, and what it keeps of snapshots. A change has two phases. Prepare: the
// device fetches the units that it gains from their owners and reports; the old plan still holds.
// Commit: it becomes its new stage and drops what it no longer has. After a loss the same happens
// with the units of a snapshot, and what the stage was doing is given up.
//
// Invariants: units move only while the stage is drained, or given up; at most one operation is
// under way; a frame of an older term is dropped, one of a newer term is kept until its plan holds.
// Single-threaded: one driver owns it.
class DeviceWorker {
 public:
  // `in_force` without a plan: the device starts in the middle of a run and waits for kRestore.
  DeviceWorker(DeviceId device, PlanInForce in_force, const Training& training);

  void handle(TimePoint now, const Event& event, Effects& out);
  // Frames of the central node may be missing: what else it says of this plan is ignored, until
  // training goes back to a snapshot.
  void lose_track() { lost_track_ = true; }

 private:
  struct Request {
    DeviceId from;
    Frame frame;  // kFetch
  };
  // The prepared change to the next plan.
  struct Change {
    PlanInForce next;
    Frame prepare;            // or kRestore
    std::size_t missing = 0;  // kUnits that are still to come
    std::vector<MovedUnits> gained;
    Bytes fetched;
    bool restores() const { return prepare.kind == FrameKind::kRestore; }
  };

  bool waits_for_plan() const { return in_force_.plan.stages.empty() && !change_; }
  bool busy() const { return running_ || pending_; }
  void on_frame(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_this_term(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_next_term(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_recode(const Frame& frame);
  void on_prepare(const Frame& frame, Effects& out);
  void on_fetch(const FrameArrived& arrived, Effects& out);
  void on_units(const Frame& frame, Effects& out);
  void on_commit(TimePoint now, const Frame& frame, Effects& out);
  void on_done(TimePoint now, const OpDone& done, Effects& out);
  void on_damaged(const FrameDamaged& damaged, Effects& out) const;
  void on_probe(const Frame& frame, Effects& out) const;
  void on_restore(const Frame& frame, Effects& out);
  void on_fetch_copy(const FrameArrived& arrived, Effects& out) const;
  void on_replicate(const Frame& frame, Effects& out);
  void on_copy(const FrameArrived& arrived, Effects& out);
  void gather(UnitRange wanted, const std::vector<UnitSource>& sources, Effects& out);
  void keep_snapshot(const std::vector<Payload>& parts, Effects& out);
  void send_copies(int unit, const Payload& state, Effects& out) const;
  void report_if_prepared(Effects& out);
  void export_next(Effects& out);
  void send_exported(const Payload& state, Effects& out);
  Op adoption(const Frame& commit, Change change) const;
  void enter_stage(TimePoint now, Effects& out);
  void run(Op op, Effects& out);

  const DeviceId device_;
  const Training training_;
  PlanInForce in_force_;
  std::unique_ptr<StageWorker> stage_;  // null: left out
  std::optional<Change> change_;        // between kPrepare or kRestore and kCommit
  std::deque<Request> requests_;        // not answered yet
  std::optional<Op> running_;           // of this machine itself: kExport or kAdopt
  std::optional<Op> pending_;           // kAdopt, once an operation that is given up has ended
  std::optional<Frame> replicate_;      // kReplicate, while the units are written out
  SnapshotStore snapshots_;
  bool lost_track_ = false;
  std::vector<FrameArrived> early_;  // of a plan that does not hold yet
};

}  // namespace acceptlab
