#include "runtime/central_node.h"

#include <utility>

#include "runtime/base/check.h"

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

CentralNode::CentralNode(CentralConfig config, BatchSource& source)
    : config_(std::move(config)), source_(source) {
  ACCEPTLAB_CHECK(!config_.stage_devices.empty() && config_.stage_devices[0] == kCentralNode);
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

void CentralNode::start_phase(Phase phase, Effects& out) {
  phase_ = phase;
  admitted_ = completed_ = drained_ = 0;
  in_flight_.clear();
  for (const DeviceId device : config_.stage_devices) {
    Frame frame;
    frame.kind = FrameKind::kStartPhase;
    frame.key = BatchKey{phase, epoch_.epoch, 0, 0};
    frame.learning_rate = epoch_.learning_rate;
    out.send(device, std::move(frame));
  }
}

void CentralNode::admit(TimePoint now, Effects& out) {
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
    Frame input;
    input.kind = FrameKind::kInput;
    input.key = BatchKey{phase_, epoch_.epoch, batch, micro};
    input.samples = config_.shape.samples_in_micro(input.key);
    Frame labels = input;
    labels.kind = FrameKind::kLabels;
    input.payload = source_.inputs(input.key);
    labels.payload = source_.labels(labels.key);
    out.send(config_.stage_devices.back(), std::move(labels));
    out.send(config_.stage_devices.front(), std::move(input));
  }
}

void CentralNode::handle(TimePoint now, const Event& event, Effects& out) {
  const auto* arrived = std::get_if<FrameArrived>(&event);
  ACCEPTLAB_CHECK(arrived != nullptr);
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
  const bool all_admitted = admitted_ == config_.shape.batches(phase_);
  if (!all_admitted || !in_flight_.empty() || drained_ < stages()) return;
  if (phase_ == Phase::kTrain) {
    epoch_.trained = now;
    if (config_.shape.test_samples > 0) {
      start_phase(Phase::kEvaluate, out);
      admit(now, out);
      return;
    }
  }
  finish_epoch(now, out);
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
