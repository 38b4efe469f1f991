#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "runtime/effects.h"
#include "runtime/event.h"
#include "runtime/ports/batch_source.h"
#include "runtime/stage_config.h"

namespace acceptlab {

// Step learning-rate schedule: multiplied by `factor` from each milestone epoch (from 0) on.
struct LearningRateSchedule {
  double initial = 0.05;
  std::vector<int> milestones;  // increasing
  double factor = 0.1;
  double at(int epoch) const;
};

struct CentralConfig {
  std::vector<DeviceId> stage_devices;  // in pipeline order; [0] is the central node itself
  Schedule schedule;
  TrainingShape shape;
  LearningRateSchedule learning_rate;
  int first_epoch = 0;              // > 0 when a run is resumed
  int epochs = 1;                   // the run ends after epoch epochs - 1
  int checkpoint_every_epochs = 0;  // 0: never
};

// Runs the epochs: starts a phase on all stages, admits mini-batches as the schedule allows, hands
// inputs to the first stage and labels to the last, gathers scores, and knows when a phase is
// drained. Single-threaded: one driver owns it.
class CentralNode {
 public:
  // `source` outlives the central node.
  CentralNode(CentralConfig config, BatchSource& source);

  // To be called once, when all devices can be reached.
  void start(TimePoint now, Effects& out);
  void handle(TimePoint now, const Event& event, Effects& out);

 private:
  struct BatchState {
    BatchSample sample;
    int scores_missing = 0;
    bool done = false;  // updated at the first stage
  };

  int stages() const { return static_cast<int>(config_.stage_devices.size()); }
  int window() const;
  void start_phase(Phase phase, Effects& out);
  void admit(TimePoint now, Effects& out);
  void admit_batch(TimePoint now, int batch, Effects& out);
  void on_score(TimePoint now, const Frame& frame, Effects& out);
  void on_batch_done(TimePoint now, const Frame& frame, Effects& out);
  void settle_batches(Effects& out);
  void finish_phase_if_drained(TimePoint now, Effects& out);
  void finish_epoch(TimePoint now, Effects& out);

  CentralConfig config_;
  BatchSource& source_;
  Phase phase_ = Phase::kTrain;
  int admitted_ = 0;
  int completed_ = 0;  // training: updated; evaluation: scored
  int drained_ = 0;    // stages that have reported the end of the phase
  EpochSample epoch_;
  std::map<int, BatchState> in_flight_;
};

}  // namespace acceptlab
