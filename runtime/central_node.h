#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/effects.h"
#include "runtime/event.h"
#include "runtime/plan_in_force.h"
#include "runtime/ports/batch_source.h"
#include "runtime/ports/replanner.h"
#include "runtime/recovery.h"
#include "runtime/run_position.h"

namespace acceptlab {

// Step learning-rate schedule: multiplied by `factor` from each milestone epoch (from 0) on.
struct LearningRateSchedule {
  double initial = 0.05;
  std::vector<int> milestones;  // increasing
  double factor = 0.1;
  double at(int epoch) const;
};

// When another plan is considered: after so many mini-batches of the run.
struct ReplanSchedule {
  std::vector<int> at_batches;  // increasing
  int every_batches = 0;        // again and again after the last of them; 0: not
  bool due(std::int64_t batches_done) const;
};

struct CentralConfig {
  Plan plan;                      // at the start; the first stage is on the central node
  std::vector<DeviceId> devices;  // all that a plan may use; empty: those of `plan`
  Schedule schedule;
  TrainingShape shape;
  ReplanSchedule replan;
  RecoveryConfig recovery;
  LearningRateSchedule learning_rate;
  RunPosition first;                // not the beginning where a run is resumed
  int epochs = 1;                   // the run ends after epoch epochs - 1
  int checkpoint_every_epochs = 0;  // 0: never
};

// Runs the epochs: starts a phase on all stages, admits mini-batches as the schedule allows, hands
// inputs to the first stage and labels to the last, gathers scores, and knows when a phase is
// drained. With a replanner it also changes the plan: it admits no more, lets the pipeline drain,
// has every device fetch what it gains, commits when all have, and goes on with the next
// mini-batch. With recovery it has the stages copied at drained points, and where a device or a
// frame is lost it goes back to such a point. Single-threaded: one driver owns it.
class CentralNode {
 public:
  // Both outlive the central node. Without a replanner the plan stays.
  CentralNode(CentralConfig config, BatchSource& source, Replanner* replanner = nullptr);

  // To be called once, when all devices can be reached.
  void start(TimePoint now, Effects& out);
  void handle(TimePoint now, const Event& event, Effects& out);
  // From now on: once the mini-batches under way are done, all stages are saved as they are, and
  // the run finishes. An epoch that is not over is not recorded.
  void stop() { stopping_ = true; }
  // A device that was lost is there again. Once the stages have been copied the next time, all are
  // asked who is there, and training goes on with those.
  void welcome_back(DeviceId device) { back_.insert(device); }

 private:
  struct BatchState {
    BatchSample sample;
    int scores_missing = 0;
    bool done = false;  // updated at the first stage
  };

  enum class Change { kNone, kDraining, kMoving };

  int stages() const { return in_force_.plan.stage_count(); }
  std::int64_t batches_before_epoch() const;
  std::int64_t updates_done() const;
  int window() const;
  Frame frame_about(FrameKind kind, const BatchKey& key) const;
  void start_phase(Phase phase, int first_batch, Effects& out);
  void open_phase(Effects& out);
  void admit(TimePoint now, Effects& out);
  void admit_batch(TimePoint now, int batch, Effects& out);
  void on_score(TimePoint now, const Frame& frame, Effects& out);
  void on_batch_done(TimePoint now, const Frame& frame, Effects& out);
  void on_stage_times(DeviceId from, const Frame& frame);
  void on_frame(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_training_frame(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_timer(TimePoint now, TimerId timer, Effects& out);
  void on_alive(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_prepared(TimePoint now, const FrameArrived& arrived, Effects& out);
  void consider_drain(TimePoint now, Effects& out);
  void consider_replan(TimePoint now, std::int64_t batches_left, Effects& out);
  void recode(TimePoint now, RepartitionSample change, Effects& out);
  void use_drain(TimePoint now, Effects& out);
  void prepare_move(Effects& out);
  void commit_move(TimePoint now, Effects& out);
  void replicate(bool central_copy, Effects& out);
  void go_on(TimePoint now, Effects& out);
  void note_progress(TimePoint now, Effects& out);
  void on_copied(TimePoint now, const FrameArrived& arrived, Effects& out);
  void suspect(TimePoint now, RecoveryCause cause, const std::string& what, Effects& out);
  void decide_recovery(TimePoint now, Effects& out);
  Plan plan_after(const Recovery::Findings& findings);
  void commit_recovery(TimePoint now, Effects& out);
  const std::vector<DeviceId>& devices() const;
  void settle_batches(Effects& out);
  void finish_phase_if_drained(TimePoint now, Effects& out);
  void finish_training(TimePoint now, Effects& out);
  void finish_epoch(TimePoint now, Effects& out);
  void finish_early(Effects& out);
  void finish_run(Effects& out);

  CentralConfig config_;
  BatchSource& source_;
  Replanner* replanner_;
  PlanInForce in_force_;
  Phase phase_ = Phase::kTrain;
  int admitted_ = 0;
  int completed_ = 0;  // training: updated; evaluation: scored
  int drained_ = 0;    // stages that have reported the end of the phase
  EpochSample epoch_;
  std::map<int, BatchState> in_flight_;
  Change change_ = Change::kNone;
  TimePoint drain_started_{};              // unless kNone
  TimePoint drained_at_{};                 // kMoving
  std::optional<RepartitionSample> move_;  // the change of plan under way
  std::size_t unprepared_ = 0;             // kMoving: devices that still fetch
  bool stopping_ = false;
  std::optional<bool> replicate_;  // wanted at this drained point; true: to the central node, too
  std::unique_ptr<Recovery> recovery_;  // null: the first loss ends the run
  std::set<DeviceId> back_;             // of those lost: there again, and without a part
  std::uint32_t newest_term_ = 0;       // of any plan or probe
};

}  // namespace acceptlab
