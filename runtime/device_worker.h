#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/effects.h"
#include "runtime/event.h"
#include "runtime/plan_in_force.h"
#include "runtime/stage_worker.h"

namespace acceptlab {

// A device's part in the pipeline: the worker of its stage, where the plan gives it one, and the
// change from one plan to the next. A change has two phases. Prepare: the device fetches the units
// that it gains from their owners and reports; the old plan still holds. Commit: it becomes its new
// stage and drops what it no longer has.
//
// Invariants: units move only while the stage is drained; at most one operation is under way; a
// frame of an older term is dropped, one of a newer term is kept until its plan holds.
// Single-threaded: one driver owns it.
class DeviceWorker {
 public:
  DeviceWorker(DeviceId device, PlanInForce in_force, const Training& training);

  void handle(TimePoint now, const Event& event, Effects& out);

 private:
  struct Request {
    DeviceId from;
    Frame frame;  // kFetch
  };
  // The prepared change to the next plan.
  struct Change {
    PlanInForce next;
    Frame prepare;
    std::size_t missing = 0;  // answers to kFetch
    std::vector<MovedUnits> gained;
  };

  void on_frame(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_next_term(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_prepare(const Frame& frame, Effects& out);
  void on_fetch(const FrameArrived& arrived, Effects& out);
  void on_units(const Frame& frame, Effects& out);
  void on_commit(TimePoint now, const Frame& frame, Effects& out);
  void on_done(TimePoint now, const OpDone& done, Effects& out);
  void report_if_prepared(Effects& out);
  void export_next(Effects& out);
  void send_exported(const Payload& state, Effects& out);
  void enter_stage(TimePoint now, Effects& out);
  void run(Op op, Effects& out);

  const DeviceId device_;
  const Training training_;
  PlanInForce in_force_;
  std::unique_ptr<StageWorker> stage_;  // null: left out
  std::optional<Change> change_;        // between kPrepare and kCommit
  std::deque<Request> requests_;        // not answered yet
  std::optional<Op> running_;           // of this machine itself: kExport or kAdopt
  std::vector<FrameArrived> early_;     // of a plan that does not hold yet
};

}  // namespace acceptlab
