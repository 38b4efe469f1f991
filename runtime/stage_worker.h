#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "runtime/effects.h"
#include "runtime/event.h"
#include "runtime/link_meter.h"
#include "runtime/schedule_policy.h"
#include "runtime/stage_config.h"

namespace acceptlab {

// One stage of the pipeline: collects inputs, labels and gradients, asks the schedule what to do
// next, has it done, and passes on what comes out.
//
// Invariants: at most one operation is under way; updates are applied in the order of the batches;
// a frame that arrives before its phase has begun is kept; all frames are of its plan's term.
// Single-threaded: one driver owns it.
class StageWorker : private StageProgress {
 public:
  // `version`: updates that the weights have behind them.
  StageWorker(const StageConfig& config, std::int64_t version);

  void handle(TimePoint now, const Event& event, Effects& out);

  const StageConfig& config() const { return config_; }
  // From the next operation on.
  void use_codecs(int input, int output);
  // Between the start of a phase and its end: something is in flight or may come.
  bool active() const { return active_; }
  // An operation is under way.
  bool busy() const { return running_.has_value(); }

 private:
  int updates() const override { return updates_; }
  int end() const override { return end_; }
  int forwards() const override { return forwards_; }
  int backwards() const override { return backwards_; }
  bool input_ready(int batch, int micro) const override;
  bool gradient_ready(int batch, int micro) const override;

  void on_frame(TimePoint now, const FrameArrived& arrived, Effects& out);
  void on_done(TimePoint now, const OpDone& done, Effects& out);
  void meter(TimePoint now, const FrameArrived& arrived);
  void start_phase(TimePoint now, const Frame& frame, Effects& out);
  void end_phase(const Frame& frame, Effects& out);
  void advance(TimePoint now, Effects& out);
  std::optional<Op> next_op();
  std::optional<Op> next_training_op();
  std::optional<Op> next_evaluation_op();
  Op training_op(const Step& step);
  Op op_about(OpKind kind, const BatchKey& key) const;
  void note_start(TimePoint now, const Op& op);
  void note_done(const OpResult& result);
  void send_results(const OpResult& result, Effects& out) const;
  void finish_batch(TimePoint now, Effects& out);
  void finish_phase_if_drained(Effects& out);
  bool phase_complete() const;
  bool aggregation_due() const;
  BatchKey key_of(int batch, int micro) const { return {phase_, epoch_, batch, micro}; }
  Frame frame_about(FrameKind kind, const BatchKey& key) const;
  StageSample& sample_of(int batch);
  Payload take(std::map<BatchKey, Payload>& from, const BatchKey& key);

  StageConfig config_;
  std::unique_ptr<SchedulePolicy> policy_;

  std::map<BatchKey, Payload> inputs_;
  std::map<BatchKey, Payload> labels_;
  std::map<BatchKey, Payload> gradients_;

  bool active_ = false;
  Phase phase_ = Phase::kTrain;
  std::int32_t epoch_ = 0;
  double learning_rate_ = 0.0;
  int forwards_ = 0;                      // micro-batches in this phase
  int backwards_ = 0;                     // micro-batches in this phase
  int updates_ = 0;                       // mini-batches in this phase
  int end_ = 0;                           // of the mini-batches of this phase
  int aggregated_ = 0;                    // value of updates_ at the latest aggregation
  std::int64_t version_;                  // updates behind the newest weights
  std::map<int, std::int64_t> versions_;  // of the weights that batches in flight have used
  std::map<int, StageSample> samples_;    // of batches not yet updated
  LinkMeter meter_;                       // of what other stages send
  std::optional<Op> running_;
  TimePoint idle_since_{};
};

}  // namespace acceptlab
