#include "runtime/stage_worker.h"

#include <utility>

#include "runtime/base/check.h"

namespace acceptlab {

StageWorker::StageWorker(const StageConfig& config, std::int64_t version)
    : config_(config), policy_(make_schedule_policy(config)), version_(version) {}

void StageWorker::handle(TimePoint now, const Event& event, Effects& out) {
  if (const auto* arrived = std::get_if<FrameArrived>(&event)) on_frame(now, *arrived, out);
  if (const auto* done = std::get_if<OpDone>(&event)) on_done(now, *done, out);
}

void StageWorker::use_codecs(int input, int output) {
  config_.input_codec = input;
  config_.output_codec = output;
}

void StageWorker::meter(TimePoint now, const FrameArrived& arrived) {
  MessageSpan span;
  span.from = arrived.from;
  span.to = config_.device;
  span.kind = arrived.frame.kind;
  span.size = wire_size(arrived.frame);
  span.sent = arrived.sent;
  span.received = now;
  meter_.add(span);
}

void StageWorker::on_frame(TimePoint now, const FrameArrived& arrived, Effects& out) {
  const Frame& frame = arrived.frame;
  meter(now, arrived);
  switch (frame.kind) {
    case FrameKind::kStartPhase:
      start_phase(now, frame, out);
      break;
    case FrameKind::kEndPhase:
      end_phase(frame, out);
      break;
    case FrameKind::kInput:
      inputs_[frame.key] = frame.payload;
      break;
    case FrameKind::kLabels:
      labels_[frame.key] = frame.payload;
      break;
    case FrameKind::kActivation:
      inputs_[frame.key] = frame.payload;
      if (frame.key.phase == Phase::kTrain) {
        sample_of(frame.key.batch).activation_transfer += now - arrived.sent;
      }
      break;
    case FrameKind::kGradient:
      gradients_[frame.key] = frame.payload;
      sample_of(frame.key.batch).gradient_transfer += now - arrived.sent;
      break;
    default:
      ACCEPTLAB_CHECK(!"frame for the central node given to a worker");
  }
  advance(now, out);
}

void StageWorker::start_phase(TimePoint now, const Frame& frame, Effects& out) {
  ACCEPTLAB_CHECK(!active_);
  active_ = true;
  phase_ = frame.key.phase;
  epoch_ = frame.key.epoch;
  learning_rate_ = frame.learning_rate;
  // Training may go on in the middle of an epoch, where a repartition interrupted it.
  updates_ = aggregated_ = frame.key.batch;
  forwards_ = backwards_ = config_.shape.micro_batches_before(updates_);
  end_ = config_.shape.batches(phase_);
  idle_since_ = now;
  finish_phase_if_drained(out);  // the interruption was at its very end
}

// A stage with a window beyond 1 keeps its last batches until it knows that no input follows, so it
// cannot have finished the last one before this frame, and the average at the end is still to come.
void StageWorker::end_phase(const Frame& frame, Effects& out) {
  ACCEPTLAB_CHECK(active_ && phase_ == Phase::kTrain && updates_ <= frame.key.batch);
  end_ = frame.key.batch;
  if (!running_) finish_phase_if_drained(out);
}

void StageWorker::on_done(TimePoint now, const OpDone& done, Effects& out) {
  ACCEPTLAB_CHECK(running_.has_value());
  note_done(done.result);
  send_results(done.result, out);
  const OpKind kind = running_->kind;
  running_.reset();
  idle_since_ = now;
  // An aggregation belongs to the batch whose update made it due.
  const bool updated = kind == OpKind::kUpdate && !aggregation_due();
  if (updated || kind == OpKind::kAggregate) finish_batch(now, out);
  finish_phase_if_drained(out);
  advance(now, out);
}

void StageWorker::advance(TimePoint now, Effects& out) {
  if (running_ || !active_) return;
  std::optional<Op> op = next_op();
  if (!op) return;
  note_start(now, *op);
  running_ = *op;
  out.run(std::move(*op));
}

std::optional<Op> StageWorker::next_op() {
  return phase_ == Phase::kTrain ? next_training_op() : next_evaluation_op();
}

bool StageWorker::aggregation_due() const {
  if (!config_.aggregates() || updates_ == aggregated_) return false;
  return updates_ % config_.schedule.aggregate_every_batches == 0 || updates_ == end_;
}

std::optional<Op> StageWorker::next_training_op() {
  if (aggregation_due()) return op_about(OpKind::kAggregate, key_of(updates_ - 1, 0));
  const std::optional<Step> step = policy_->next(*this);
  if (!step) return std::nullopt;
  return training_op(*step);
}

Op StageWorker::op_about(OpKind kind, const BatchKey& key) const {
  Op op;
  op.kind = kind;
  op.key = key;
  op.stage = config_.stage;
  op.units = config_.units;
  op.slots = config_.slots();
  return op;
}

Op StageWorker::training_op(const Step& step) {
  Op op = op_about(step.kind, key_of(step.batch, step.micro));
  op.samples = config_.shape.samples_in_micro(op.key);
  op.mini_batch_samples = config_.shape.samples_in_batch(Phase::kTrain, step.batch);
  op.slot = step.batch % config_.slots();
  op.learning_rate = learning_rate_;
  const bool forward = step.kind == OpKind::kForward || step.kind == OpKind::kForwardBackward;
  op.input_codec = forward ? config_.input_codec : config_.output_codec;
  op.output_codec = step.kind == OpKind::kForward ? config_.output_codec : config_.input_codec;
  if (forward) {
    op.version = version_;
    op.input = take(inputs_, op.key);
    if (config_.last()) op.labels = take(labels_, op.key);
  } else if (step.kind == OpKind::kBackward && !config_.last()) {
    op.input = take(gradients_, op.key);
  }
  return op;
}

std::optional<Op> StageWorker::next_evaluation_op() {
  if (forwards_ == end_) return std::nullopt;
  if (!input_ready(forwards_, 0)) return std::nullopt;
  Op op = op_about(OpKind::kEvaluate, key_of(forwards_, 0));
  op.samples = config_.shape.samples_in_micro(op.key);
  op.mini_batch_samples = op.samples;
  op.input = take(inputs_, op.key);
  if (config_.last()) op.labels = take(labels_, op.key);
  return op;
}

bool StageWorker::input_ready(int batch, int micro) const {
  const BatchKey key = key_of(batch, micro);
  return inputs_.count(key) != 0 && (!config_.last() || labels_.count(key) != 0);
}

bool StageWorker::gradient_ready(int batch, int micro) const {
  return gradients_.count(key_of(batch, micro)) != 0;
}

void StageWorker::note_start(TimePoint now, const Op& op) {
  if (op.key.phase != Phase::kTrain) return;
  StageSample& sample = sample_of(op.key.batch);
  sample.wait += now - idle_since_;
  if (op.kind == OpKind::kForward || op.kind == OpKind::kForwardBackward) {
    versions_[op.key.batch] = op.version;
  }
}

void StageWorker::note_done(const OpResult& result) {
  const Op& op = *running_;
  switch (op.kind) {
    case OpKind::kForward:
    case OpKind::kEvaluate:
      ++forwards_;
      break;
    case OpKind::kBackward:
      ++backwards_;
      break;
    case OpKind::kForwardBackward:
      ++forwards_, ++backwards_;
      break;
    case OpKind::kUpdate:
      ++updates_;
      break;
    case OpKind::kAggregate:
      aggregated_ = updates_;
      break;
    case OpKind::kExport:
    case OpKind::kAdopt:
      ACCEPTLAB_CHECK(!"units move only between the phases of a stage");
  }
  if (op.key.phase != Phase::kTrain) return;
  StageSample& sample = sample_of(op.key.batch);
  sample.cost += result.cost;
  if (op.kind == OpKind::kForward) sample.activation_sent += result.output.size();
  if (op.kind == OpKind::kBackward || op.kind == OpKind::kForwardBackward) {
    sample.gradient_sent += result.output.size();
  }
}

void StageWorker::send_results(const OpResult& result, Effects& out) const {
  const Op& op = *running_;
  const bool forward = op.kind == OpKind::kForward || op.kind == OpKind::kEvaluate;
  const bool backward = op.kind == OpKind::kBackward || op.kind == OpKind::kForwardBackward;
  if (forward && !config_.last()) {
    Frame frame = frame_about(FrameKind::kActivation, op.key);
    frame.samples = op.samples;
    frame.payload = result.output;
    out.send(config_.next, std::move(frame));
  }
  if (backward && !config_.first()) {
    Frame frame = frame_about(FrameKind::kGradient, op.key);
    frame.samples = op.samples;
    frame.payload = result.output;
    out.send(config_.previous, std::move(frame));
  }
  if (config_.last() && (forward || op.kind == OpKind::kForwardBackward)) {
    Frame frame = frame_about(FrameKind::kScore, op.key);
    frame.samples = op.samples;
    frame.score = result.score.value_or(Score{});
    out.send(kCentralNode, std::move(frame));
  }
}

void StageWorker::finish_batch(TimePoint now, Effects& out) {
  const int batch = updates_ - 1;
  StageSample& sample = sample_of(batch);
  sample.epoch = epoch_;
  sample.samples = config_.shape.samples_in_batch(Phase::kTrain, batch);
  sample.forward_version = versions_.at(batch);
  sample.update_version = version_++;
  sample.finished = now;
  out.record(sample);
  if (config_.reports) {
    Frame times = frame_about(FrameKind::kStageTimes, key_of(batch, 0));
    times.samples = sample.samples;
    times.stage_time = {sample.cost.forward, sample.cost.backward};
    times.received = {meter_.rate(config_.previous, config_.device),
                      meter_.rate(config_.next, config_.device)};
    out.send(kCentralNode, std::move(times));
  }
  samples_.erase(batch);
  versions_.erase(batch);
  if (config_.first()) {
    out.send(kCentralNode, frame_about(FrameKind::kBatchDone, key_of(batch, 0)));
  }
}

bool StageWorker::phase_complete() const {
  if (phase_ == Phase::kEvaluate) return forwards_ == end_;
  return updates_ == end_ && !aggregation_due();
}

void StageWorker::finish_phase_if_drained(Effects& out) {
  if (!active_ || !phase_complete()) return;
  active_ = false;
  out.send(kCentralNode, frame_about(FrameKind::kPhaseDone, key_of(0, 0)));
}

Frame StageWorker::frame_about(FrameKind kind, const BatchKey& key) const {
  Frame frame;
  frame.kind = kind;
  frame.term = config_.term;
  frame.key = key;
  return frame;
}

StageSample& StageWorker::sample_of(int batch) {
  StageSample& sample = samples_[batch];
  sample.stage = config_.stage;
  sample.device = config_.device;
  sample.batch = batch;
  sample.term = config_.term;
  return sample;
}

Payload StageWorker::take(std::map<BatchKey, Payload>& from, const BatchKey& key) {
  const auto found = from.find(key);
  ACCEPTLAB_CHECK(found != from.end());
  Payload payload = std::move(found->second);
  from.erase(found);
  return payload;
}

}  // namespace acceptlab
