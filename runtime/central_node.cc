#include "runtime/central_node.h"

#include <utility>

#include "runtime/base/check.h"
#include "runtime/plan_payload.h"

namespace acceptlab {

namespace {

void add(Score& total, const Score& part) {
  total.loss_sum += part.loss_sum;
  total.correct += part.correct;
  total.samples += part.samples;
}

}  // namespace

double LearningRateSchedule::at(int epoch) const {
  double rate = initial;
  for (const int milestone : milestones) {
    if (epoch >= milestone) rate *= factor;
  }
  return rate;
}

bool ReplanSchedule::due(std::int64_t batches_done) const {
  for (const int at : at_batches) {
    if (batches_done == at) return true;
  }
  const std::int64_t last = at_batches.empty() ? 0 : at_batches.back();
  return every_batches > 0 && batches_done > last && (batches_done - last) % every_batches == 0;
}

CentralNode::CentralNode(CentralConfig config, BatchSource& source, Replanner* replanner)
    : config_(std::move(config)), source_(source), replanner_(replanner) {
  in_force_.plan = config_.plan;
  if (config_.devices.empty()) {
    for (const PlannedStage& stage : config_.plan.stages) config_.devices.push_back(stage.device);
  }
  ACCEPTLAB_CHECK(stages() > 0 && in_force_.plan.stages[0].device == kCentralNode);
  ACCEPTLAB_CHECK(config_.first_epoch < config_.epochs);
}

int CentralNode::window() const {
  const bool synchronous = config_.schedule.kind == ScheduleKind::kSynchronous;
  return phase_ == Phase::kTrain && synchronous ? 1 : stages();
}

void CentralNode::start(TimePoint now, Effects& out) {
  epoch_ = EpochSample{};
  epoch_.epoch = config_.first_epoch;
  epoch_.started = now;
  epoch_.learning_rate = config_.learning_rate.at(epoch_.epoch);
  start_phase(Phase::kTrain, out);
  admit(now, out);
}

Frame CentralNode::frame_about(FrameKind kind, const BatchKey& key) const {
  Frame frame;
  frame.kind = kind;
  frame.term = in_force_.term;
  frame.key = key;
  return frame;
}

void CentralNode::start_phase(Phase phase, Effects& out) {
  phase_ = phase;
  admitted_ = completed_ = 0;
  in_flight_.clear();
  open_phase(out);
}

void CentralNode::open_phase(Effects& out) {
  drained_ = 0;
  for (const PlannedStage& stage : in_force_.plan.stages) {
    Frame frame = frame_about(FrameKind::kStartPhase, {phase_, epoch_.epoch, admitted_, 0});
    frame.learning_rate = epoch_.learning_rate;
    out.send(stage.device, std::move(frame));
  }
}

void CentralNode::admit(TimePoint now, Effects& out) {
  if (change_ != Change::kNone) return;
  const int total = config_.shape.batches(phase_);
  while (admitted_ < total && admitted_ - completed_ < window()) {
    admit_batch(now, admitted_++, out);
  }
}

void CentralNode::admit_batch(TimePoint now, int batch, Effects& out) {
  BatchState& state = in_flight_[batch];
  state.sample.epoch = epoch_.epoch;
  state.sample.batch = batch;
  state.sample.samples = config_.shape.samples_in_batch(phase_, batch);
  state.sample.admitted = now;
  state.scores_missing = config_.shape.micro_batches_in(phase_, batch);
  for (int micro = 0; micro < state.scores_missing; ++micro) {
    Frame input = frame_about(FrameKind::kInput, {phase_, epoch_.epoch, batch, micro});
    input.samples = config_.shape.samples_in_micro(input.key);
    Frame labels = input;
    labels.kind = FrameKind::kLabels;
    input.payload = source_.inputs(input.key);
    labels.payload = source_.labels(labels.key);
    out.send(in_force_.plan.stages.back().device, std::move(labels));
    out.send(kCentralNode, std::move(input));
  }
}

void CentralNode::handle(TimePoint now, const Event& event, Effects& out) {
  const auto* arrived = std::get_if<FrameArrived>(&event);
  ACCEPTLAB_CHECK(arrived != nullptr);
  if (arrived->frame.term < in_force_.term) return;  // about a plan that is over
  switch (arrived->frame.kind) {
    case FrameKind::kScore:
      on_score(now, arrived->frame, out);
      break;
    case FrameKind::kBatchDone:
      on_batch_done(now, arrived->frame, out);
      break;
    case FrameKind::kPhaseDone:
      ++drained_;
      break;
    case FrameKind::kStageTimes:
      on_stage_times(arrived->from, arrived->frame);
      return;
    case FrameKind::kPrepared:
      on_prepared(now, arrived->frame, out);
      return;
    default:
      ACCEPTLAB_CHECK(!"frame for a worker given to the central node");
  }
  finish_phase_if_drained(now, out);
}

void CentralNode::on_score(TimePoint now, const Frame& frame, Effects& out) {
  BatchState& state = in_flight_.at(frame.key.batch);
  add(state.sample.score, frame.score);
  --state.scores_missing;
  if (phase_ == Phase::kEvaluate) {
    state.done = true;
    ++completed_;
    admit(now, out);
  }
  settle_batches(out);
}

void CentralNode::on_batch_done(TimePoint now, const Frame& frame, Effects& out) {
  BatchState& state = in_flight_.at(frame.key.batch);
  state.done = true;
  state.sample.finished = now;
  ++completed_;
  consider_replan(now, out);
  admit(now, out);
  settle_batches(out);
}

// A score may arrive later than the end of its batch: batches are recorded in order, when both are
// known.
void CentralNode::settle_batches(Effects& out) {
  while (!in_flight_.empty()) {
    const BatchState& oldest = in_flight_.begin()->second;
    if (!oldest.done || oldest.scores_missing > 0) return;
    if (phase_ == Phase::kTrain) {
      add(epoch_.train, oldest.sample.score);
      out.record(oldest.sample);
    } else {
      add(epoch_.test, oldest.sample.score);
    }
    in_flight_.erase(in_flight_.begin());
  }
}

void CentralNode::finish_phase_if_drained(TimePoint now, Effects& out) {
  if (change_ == Change::kMoving) return;
  const bool all_admitted =
      change_ == Change::kDraining || admitted_ == config_.shape.batches(phase_);
  if (!all_admitted || !in_flight_.empty() || drained_ < stages()) return;
  if (change_ == Change::kDraining) return prepare_move(now, out);
  if (phase_ == Phase::kTrain) return finish_training(now, out);
  finish_epoch(now, out);
}

void CentralNode::finish_training(TimePoint now, Effects& out) {
  epoch_.trained = now;
  if (config_.shape.test_samples == 0) return finish_epoch(now, out);
  start_phase(Phase::kEvaluate, out);
  admit(now, out);
}

std::int64_t CentralNode::batches_before_epoch() const {
  return std::int64_t{epoch_.epoch} * config_.shape.batches(Phase::kTrain);
}

// Since the start or the resumption, which counts from 0 like the stages.
std::int64_t CentralNode::updates_done() const {
  const std::int64_t epochs = epoch_.epoch - config_.first_epoch;
  return epochs * config_.shape.batches(Phase::kTrain) + completed_;
}

// A short mini-batch, at the end of an epoch, says less than the others.
void CentralNode::on_stage_times(DeviceId from, const Frame& frame) {
  if (replanner_ == nullptr || frame.samples != config_.shape.batch_samples) return;
  for (const PlannedStage& stage : in_force_.plan.stages) {
    if (stage.device == from) replanner_->observe(from, stage.units, frame.stage_time);
  }
}

void CentralNode::consider_replan(TimePoint now, Effects& out) {
  const bool due = replanner_ != nullptr && change_ == Change::kNone &&
                   config_.replan.due(batches_before_epoch() + completed_);
  const std::int64_t all = std::int64_t{config_.epochs} * config_.shape.batches(Phase::kTrain);
  const std::int64_t left = all - batches_before_epoch() - admitted_;
  if (!due || left == 0) return;
  std::optional<Replan> better = replanner_->replan(in_force_.plan, left);
  if (!better) return;
  change_ = Change::kDraining;
  move_ = RepartitionSample{};
  move_.term = in_force_.term + 1;
  move_.epoch = epoch_.epoch;
  move_.batch = admitted_;
  move_.started = now;
  move_.before = in_force_.plan;
  move_.after = std::move(better->plan);
  move_.predicted_gain = better->gain_per_batch;
  move_.predicted_cost = better->move_cost;
  if (admitted_ == config_.shape.batches(phase_)) return;  // the phase ends here by itself
  for (const PlannedStage& stage : in_force_.plan.stages) {
    out.send(stage.device, frame_about(FrameKind::kEndPhase, {phase_, epoch_.epoch, admitted_, 0}));
  }
}

void CentralNode::prepare_move(TimePoint now, Effects& out) {
  change_ = Change::kMoving;
  move_.drained = now;
  unprepared_ = config_.devices.size();
  for (const DeviceId device : config_.devices) {
    Frame frame = frame_about(FrameKind::kPrepare, {phase_, epoch_.epoch, admitted_, 0});
    frame.term = move_.term;
    frame.payload = encode_plan(move_.after);
    out.send(device, std::move(frame));
  }
}

void CentralNode::on_prepared(TimePoint now, const Frame& frame, Effects& out) {
  ACCEPTLAB_CHECK(change_ == Change::kMoving && frame.term == move_.term && unprepared_ > 0);
  move_.moved += frame.fetched;
  if (--unprepared_ == 0) commit_move(now, out);
}

void CentralNode::commit_move(TimePoint now, Effects& out) {
  change_ = Change::kNone;
  in_force_ = succeed(in_force_, move_.after);
  move_.committed = now;
  out.record(move_);
  for (const DeviceId device : config_.devices) {
    Frame frame = frame_about(FrameKind::kCommit, {phase_, epoch_.epoch, admitted_, 0});
    frame.version = updates_done();
    out.send(device, std::move(frame));
  }
  if (admitted_ == config_.shape.batches(phase_)) return finish_training(now, out);
  open_phase(out);
  admit(now, out);
}

void CentralNode::finish_epoch(TimePoint now, Effects& out) {
  epoch_.evaluated = now;
  out.record(epoch_);
  const int done = epoch_.epoch + 1;
  const int every = config_.checkpoint_every_epochs;
  if (every > 0 && (done % every == 0 || done == config_.epochs)) out.save_checkpoint(done);
  if (done == config_.epochs) {
    out.finish();
    return;
  }
  epoch_ = EpochSample{};
  epoch_.epoch = done;
  epoch_.started = now;
  epoch_.learning_rate = config_.learning_rate.at(done);
  start_phase(Phase::kTrain, out);
  admit(now, out);
}

}  // namespace acceptlab
