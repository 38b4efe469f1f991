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

std::string text_of(const Payload& payload) {
  if (payload.size() == Bytes(0)) return "a frame arrived damaged";
  const Span<const std::uint8_t> bytes = payload.bytes();
  return {bytes.begin(), bytes.end()};
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
  ACCEPTLAB_CHECK(config_.first.epoch < config_.epochs);
  ACCEPTLAB_CHECK(config_.first.batch <= config_.shape.batches(Phase::kTrain));
}

const std::vector<DeviceId>& CentralNode::devices() const {
  return recovery_ != nullptr ? recovery_->devices() : config_.devices;
}

int CentralNode::window() const {
  const bool synchronous = config_.schedule.kind == ScheduleKind::kSynchronous;
  return phase_ == Phase::kTrain && synchronous ? 1 : stages();
}

void CentralNode::start(TimePoint now, Effects& out) {
  epoch_ = EpochSample{};
  epoch_.epoch = config_.first.epoch;
  epoch_.train = config_.first.train;
  epoch_.started = now;
  epoch_.learning_rate = config_.learning_rate.at(epoch_.epoch);
  if (config_.recovery.enabled) {
    recovery_ = std::make_unique<Recovery>(config_.recovery, config_.devices,
                                           Snapshot{SnapshotId{}, epoch_, config_.first.batch},
                                           config_.plan.stages.back().units.end);
    recovery_->start(now, out);
  }
  start_phase(Phase::kTrain, config_.first.batch, out);
  admit(now, out);
}

Frame CentralNode::frame_about(FrameKind kind, const BatchKey& key) const {
  Frame frame;
  frame.kind = kind;
  frame.term = in_force_.term;
  frame.key = key;
  return frame;
}

void CentralNode::start_phase(Phase phase, int first_batch, Effects& out) {
  phase_ = phase;
  admitted_ = completed_ = first_batch;
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
  if (change_ != Change::kNone || (stopping_ && phase_ == Phase::kEvaluate)) return;
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
  state.sample.term = in_force_.term;
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
  if (const auto* arrived = std::get_if<FrameArrived>(&event)) on_frame(now, *arrived, out);
  if (const auto* fired = std::get_if<TimerFired>(&event)) on_timer(now, fired->timer, out);
  if (const auto* damaged = std::get_if<FrameDamaged>(&event)) {
    suspect(now, RecoveryCause::kDamaged,
            std::string(to_string(damaged->frame.kind)) + " from device " +
                std::to_string(damaged->from.value) + " arrived damaged on the central node",
            out);
  }
  if (const auto* lost = std::get_if<PeerLost>(&event)) {
    suspect(now, RecoveryCause::kPeerLost,
            "device " + std::to_string(lost->device.value) + " cannot be reached", out);
  }
}

void CentralNode::on_frame(TimePoint now, const FrameArrived& arrived, Effects& out) {
  const Frame& frame = arrived.frame;
  if (frame.kind == FrameKind::kAlive) return on_alive(now, arrived, out);
  if (frame.term < in_force_.term) return;  // about a plan that is over
  if (frame.kind == FrameKind::kPrepared) return on_prepared(now, arrived, out);
  if (frame.kind == FrameKind::kFailed) {
    return suspect(now, RecoveryCause::kDamaged, text_of(frame.payload), out);
  }
  if (recovery_ != nullptr && recovery_->restoring()) return;  // of a plan that is given up
  if (frame.kind == FrameKind::kStageTimes) return on_stage_times(arrived.from, frame);
  if (frame.kind == FrameKind::kCopied) return on_copied(now, arrived, out);
  on_training_frame(now, arrived, out);
}

void CentralNode::on_training_frame(TimePoint now, const FrameArrived& arrived, Effects& out) {
  switch (arrived.frame.kind) {
    case FrameKind::kScore:
      on_score(now, arrived.frame, out);
      break;
    case FrameKind::kBatchDone:
      on_batch_done(now, arrived.frame, out);
      break;
    case FrameKind::kPhaseDone:
      ++drained_;
      note_progress(now, out);
      break;
    default:
      ACCEPTLAB_CHECK(!"frame for a worker given to the central node");
  }
  finish_phase_if_drained(now, out);
}

void CentralNode::note_progress(TimePoint now, Effects& out) {
  if (recovery_ != nullptr) recovery_->note_progress(now, out);
}

void CentralNode::on_score(TimePoint now, const Frame& frame, Effects& out) {
  BatchState& state = in_flight_.at(frame.key.batch);
  add(state.sample.score, frame.score);
  --state.scores_missing;
  if (phase_ == Phase::kEvaluate) {
    state.done = true;
    ++completed_;
    note_progress(now, out);
    admit(now, out);
  }
  settle_batches(out);
}

void CentralNode::on_batch_done(TimePoint now, const Frame& frame, Effects& out) {
  BatchState& state = in_flight_.at(frame.key.batch);
  state.done = true;
  state.sample.finished = now;
  ++completed_;
  note_progress(now, out);
  consider_drain(now, out);
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
  if (stopping_ && phase_ == Phase::kEvaluate && in_flight_.empty() &&
      admitted_ < config_.shape.batches(phase_)) {
    return finish_early(out);
  }
  const bool all_admitted =
      change_ == Change::kDraining || admitted_ == config_.shape.batches(phase_);
  if (!all_admitted || !in_flight_.empty() || drained_ < stages()) return;
  if (change_ == Change::kDraining) return use_drain(now, out);
  if (phase_ == Phase::kTrain) return finish_training(now, out);
  finish_epoch(now, out);
}

void CentralNode::finish_training(TimePoint now, Effects& out) {
  epoch_.trained = now;
  if (stopping_ && config_.shape.test_samples > 0) return finish_early(out);
  if (config_.shape.test_samples == 0) return finish_epoch(now, out);
  start_phase(Phase::kEvaluate, 0, out);
  admit(now, out);
}

std::int64_t CentralNode::batches_before_epoch() const {
  return std::int64_t{epoch_.epoch} * config_.shape.batches(Phase::kTrain);
}

// Since the start or the resumption, which counts from 0 like the stages.
std::int64_t CentralNode::updates_done() const {
  const std::int64_t epochs = epoch_.epoch - config_.first.epoch;
  return epochs * config_.shape.batches(Phase::kTrain) + completed_ - config_.first.batch;
}

// A short mini-batch, at the end of an epoch, says less than the others.
void CentralNode::on_stage_times(DeviceId from, const Frame& frame) {
  if (replanner_ == nullptr || frame.samples != config_.shape.batch_samples) return;
  const std::vector<PlannedStage>& stages = in_force_.plan.stages;
  for (std::size_t k = 0; k < stages.size(); ++k) {
    if (stages[k].device != from) continue;
    replanner_->observe(from, stages[k].units, frame.stage_time);
    const auto observe_link = [&](DeviceId sender, BitsPerSecond rate) {
      if (rate > BitsPerSecond(0)) replanner_->observe_link(sender, from, rate);
    };
    if (k > 0) observe_link(stages[k - 1].device, frame.received.from_previous);
    if (k + 1 < stages.size()) observe_link(stages[k + 1].device, frame.received.from_next);
  }
}

// Units move, and are copied, where nothing is in flight.
void CentralNode::consider_drain(TimePoint now, Effects& out) {
  const std::int64_t done = batches_before_epoch() + completed_;
  const std::int64_t all = std::int64_t{config_.epochs} * config_.shape.batches(Phase::kTrain);
  const std::int64_t left = all - batches_before_epoch() - admitted_;
  if (change_ != Change::kNone || left == 0) return;
  if (replanner_ != nullptr && config_.replan.due(done)) consider_replan(now, left, out);
  if (recovery_ != nullptr && recovery_->replication_due(done)) {
    replicate_ = recovery_->central_copy_due(done);
  }
  if (!move_ && !replicate_ && !stopping_) return;
  change_ = Change::kDraining;
  drain_started_ = now;
  if (admitted_ == config_.shape.batches(phase_)) return;  // the phase ends here by itself
  for (const PlannedStage& stage : in_force_.plan.stages) {
    out.send(stage.device, frame_about(FrameKind::kEndPhase, {phase_, epoch_.epoch, admitted_, 0}));
  }
}

void CentralNode::consider_replan(TimePoint now, std::int64_t batches_left, Effects& out) {
  std::optional<Replan> better = replanner_->replan(in_force_.plan, batches_left);
  if (!better) return;
  RepartitionSample change;
  change.epoch = epoch_.epoch;
  change.batch = admitted_;
  change.before = in_force_.plan;
  change.after = std::move(better->plan);
  change.predicted_gain = better->gain_per_batch;
  change.predicted_cost = better->move_cost;
  if (same_stages(change.before, change.after)) return recode(now, std::move(change), out);
  change.term = ++newest_term_;
  move_ = std::move(change);
}

// Every message says how it is encoded, so nothing has to drain and the term stays.
void CentralNode::recode(TimePoint now, RepartitionSample change, Effects& out) {
  in_force_.plan = change.after;
  change.term = in_force_.term;
  change.started = change.drained = change.committed = now;
  out.record(change);
  for (const PlannedStage& stage : in_force_.plan.stages) {
    Frame frame = frame_about(FrameKind::kRecode, {phase_, epoch_.epoch, admitted_, 0});
    frame.payload = encode_plan(in_force_.plan);
    out.send(stage.device, std::move(frame));
  }
}

// All stages are drained and hold the newest weights.
void CentralNode::use_drain(TimePoint now, Effects& out) {
  drained_at_ = now;
  if (stopping_) return finish_early(out);
  if (move_) return prepare_move(out);
  go_on(now, out);
}

void CentralNode::prepare_move(Effects& out) {
  change_ = Change::kMoving;
  unprepared_ = devices().size();
  for (const DeviceId device : devices()) {
    Frame frame = frame_about(FrameKind::kPrepare, {phase_, epoch_.epoch, admitted_, 0});
    frame.term = move_->term;
    frame.payload = encode_plan(move_->after);
    out.send(device, std::move(frame));
  }
}

void CentralNode::on_prepared(TimePoint now, const FrameArrived& arrived, Effects& out) {
  if (recovery_ != nullptr && recovery_->restoring()) {
    if (recovery_->on_prepared(now, arrived.from, arrived.frame)) commit_recovery(now, out);
    return;
  }
  ACCEPTLAB_CHECK(change_ == Change::kMoving && arrived.frame.term == move_->term);
  ACCEPTLAB_CHECK(unprepared_ > 0);
  note_progress(now, out);
  move_->moved += arrived.frame.fetched;
  if (--unprepared_ == 0) commit_move(now, out);
}

void CentralNode::commit_move(TimePoint now, Effects& out) {
  in_force_ = succeed(in_force_, move_->after, move_->term);
  move_->started = drain_started_;
  move_->drained = drained_at_;
  move_->committed = now;
  out.record(*move_);
  move_.reset();
  for (const DeviceId device : devices()) {
    Frame frame = frame_about(FrameKind::kCommit, {phase_, epoch_.epoch, admitted_, 0});
    frame.version = updates_done();
    out.send(device, std::move(frame));
  }
  go_on(now, out);
}

// Where nothing is left of the phase, its start ends it: every stage answers that it is drained.
void CentralNode::go_on(TimePoint now, Effects& out) {
  change_ = Change::kNone;
  if (replicate_) replicate(*std::exchange(replicate_, std::nullopt), out);
  open_phase(out);
  admit(now, out);
}

void CentralNode::finish_epoch(TimePoint now, Effects& out) {
  epoch_.evaluated = now;
  epoch_.term = in_force_.term;
  out.record(epoch_);
  const int done = epoch_.epoch + 1;
  const int every = config_.checkpoint_every_epochs;
  const bool last = done == config_.epochs || stopping_;
  if ((every > 0 && (done % every == 0 || last)) || stopping_) out.save_checkpoint({done, 0, {}});
  if (last) return finish_run(out);
  epoch_ = EpochSample{};
  epoch_.epoch = done;
  epoch_.started = now;
  epoch_.learning_rate = config_.learning_rate.at(done);
  start_phase(Phase::kTrain, 0, out);
  admit(now, out);
}

// The weights are those after the epoch's mini-batches so far; an evaluation begins anew.
void CentralNode::finish_early(Effects& out) {
  const int batch = phase_ == Phase::kTrain ? completed_ : config_.shape.batches(Phase::kTrain);
  out.save_checkpoint({epoch_.epoch, batch, epoch_.train});
  finish_run(out);
}

void CentralNode::finish_run(Effects& out) {
  if (recovery_ != nullptr) recovery_->finish(out);
  out.finish();
}

}  // namespace acceptlab
