#include "runtime/device_worker.h"

#include <utility>

#include "runtime/base/check.h"
#include "runtime/plan_payload.h"

namespace acceptlab {

namespace {

Frame reply(FrameKind kind, const Frame& to) {
  Frame frame;
  frame.kind = kind;
  frame.term = to.term;
  frame.key = to.key;
  return frame;
}

}  // namespace

DeviceWorker::DeviceWorker(DeviceId device, PlanInForce in_force, const Training& training)
    : device_(device), training_(training), in_force_(std::move(in_force)) {
  if (const auto config = stage_of(device_, in_force_, training_)) {
    stage_ = std::make_unique<StageWorker>(*config, 0);
  }
}

void DeviceWorker::handle(TimePoint now, const Event& event, Effects& out) {
  if (const auto* arrived = std::get_if<FrameArrived>(&event)) on_frame(now, *arrived, out);
  if (const auto* done = std::get_if<OpDone>(&event)) on_done(now, *done, out);
}

void DeviceWorker::on_frame(TimePoint now, const FrameArrived& arrived, Effects& out) {
  const std::uint32_t term = arrived.frame.term;
  if (term < in_force_.term) return;
  if (term > in_force_.term) {
    on_next_term(now, arrived, out);
  } else if (running_) {
    early_.push_back(arrived);  // the new plan holds, but the stage is still being made
  } else {
    ACCEPTLAB_CHECK(stage_ != nullptr);
    stage_->handle(now, arrived, out);
  }
}

void DeviceWorker::on_next_term(TimePoint now, const FrameArrived& arrived, Effects& out) {
  switch (arrived.frame.kind) {
    case FrameKind::kPrepare:
      on_prepare(arrived.frame, out);
      break;
    case FrameKind::kFetch:
      on_fetch(arrived, out);
      break;
    case FrameKind::kUnits:
      on_units(arrived.frame, out);
      break;
    case FrameKind::kCommit:
      on_commit(now, arrived.frame, out);
      break;
    default:
      early_.push_back(arrived);  // from a device that has heard of the commit before this one
  }
}

void DeviceWorker::on_prepare(const Frame& frame, Effects& out) {
  ACCEPTLAB_CHECK(!change_ && frame.term == in_force_.term + 1);
  change_ = Change{succeed(in_force_, decode_plan(frame.payload.bytes()).value()), frame, 0, {}};
  ACCEPTLAB_CHECK(change_->next.plan.stages.back().units.end ==
                  in_force_.plan.stages.back().units.end);
  if (const auto next = stage_of(device_, change_->next, training_)) {
    for (const OwnedUnits& wanted : units_elsewhere(in_force_.plan, device_, next->units)) {
      Frame fetch = reply(FrameKind::kFetch, frame);
      fetch.units = wanted.units;
      out.send(wanted.owner, std::move(fetch));
      ++change_->missing;
    }
  }
  report_if_prepared(out);
}

// May come before this device's own kPrepare. Either way all stages are drained: the central node
// prepares no device before that.
void DeviceWorker::on_fetch(const FrameArrived& arrived, Effects& out) {
  ACCEPTLAB_CHECK(stage_ != nullptr && !stage_->active());
  const UnitRange own = stage_->config().units;
  ACCEPTLAB_CHECK(arrived.frame.units.begin >= own.begin && arrived.frame.units.end <= own.end);
  requests_.push_back({arrived.from, arrived.frame});
  export_next(out);
}

void DeviceWorker::export_next(Effects& out) {
  if (running_ || requests_.empty()) return;
  Op op;
  op.kind = OpKind::kExport;
  op.key = requests_.front().frame.key;
  op.stage = stage_->config().stage;
  op.units = requests_.front().frame.units;
  run(std::move(op), out);
}

void DeviceWorker::send_exported(const Payload& state, Effects& out) {
  Frame units = reply(FrameKind::kUnits, requests_.front().frame);
  units.units = requests_.front().frame.units;
  units.payload = state;
  out.send(requests_.front().from, std::move(units));
  requests_.pop_front();
  export_next(out);
}

void DeviceWorker::on_units(const Frame& frame, Effects& out) {
  ACCEPTLAB_CHECK(change_ && change_->missing > 0);
  change_->gained.push_back({frame.units, frame.payload});
  --change_->missing;
  report_if_prepared(out);
}

void DeviceWorker::report_if_prepared(Effects& out) {
  if (change_->missing > 0) return;
  Frame prepared = reply(FrameKind::kPrepared, change_->prepare);
  for (const MovedUnits& part : change_->gained) prepared.fetched += part.state.size();
  out.send(kCentralNode, std::move(prepared));
}

// Nobody waits for this device's units any more: the central node commits when all have theirs.
void DeviceWorker::on_commit(TimePoint now, const Frame& frame, Effects& out) {
  ACCEPTLAB_CHECK(change_ && change_->missing == 0 && requests_.empty() && !running_);
  in_force_ = std::move(change_->next);
  Op op;
  op.kind = OpKind::kAdopt;
  op.key = frame.key;
  op.version = frame.version;
  op.gained = std::move(change_->gained);
  op.next_stage = stage_of(device_, in_force_, training_);
  change_.reset();
  if (!op.next_stage && stage_ == nullptr) return enter_stage(now, out);
  if (op.next_stage) {
    op.stage = op.next_stage->stage;
    op.units = op.next_stage->units;
    op.slots = op.next_stage->slots();
  } else {
    op.stage = stage_->config().stage;
  }
  stage_.reset();
  run(std::move(op), out);
}

void DeviceWorker::run(Op op, Effects& out) {
  running_ = op;
  out.run(std::move(op));
}

void DeviceWorker::on_done(TimePoint now, const OpDone& done, Effects& out) {
  if (!running_) return stage_->handle(now, done, out);
  const Op op = *std::exchange(running_, std::nullopt);
  if (op.kind == OpKind::kExport) return send_exported(done.result.output, out);
  if (op.next_stage) stage_ = std::make_unique<StageWorker>(*op.next_stage, op.version);
  enter_stage(now, out);
}

void DeviceWorker::enter_stage(TimePoint now, Effects& out) {
  for (const FrameArrived& arrived : std::exchange(early_, {})) on_frame(now, arrived, out);
}

}  // namespace acceptlab
