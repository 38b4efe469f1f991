#include "runtime/device_worker.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/plan_payload.h"
#include "runtime/recovery_payload.h"

namespace acceptlab {

namespace {

Frame reply(FrameKind kind, const Frame& to) {
  Frame frame;
  frame.kind = kind;
  frame.term = to.term;
  frame.key = to.key;
  frame.snapshot = to.snapshot;
  return frame;
}

UnitRange common(UnitRange a, UnitRange b) {
  return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
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
  if (const auto* damaged = std::get_if<FrameDamaged>(&event)) on_damaged(*damaged, out);
}

void DeviceWorker::on_frame(TimePoint now, const FrameArrived& arrived, Effects& out) {
  const Frame& frame = arrived.frame;
  if (frame.kind == FrameKind::kProbe) return on_probe(frame, out);
  if (frame.kind == FrameKind::kDrop) return snapshots_.drop(frame.snapshot);
  if (waits_for_plan() && frame.kind != FrameKind::kRestore) return;  // of a plan before its start
  if (frame.term < in_force_.term) return;
  if (lost_track_ && (frame.term == in_force_.term || frame.kind == FrameKind::kPrepare)) return;
  if (frame.kind == FrameKind::kCopy) return on_copy(arrived, out);
  if (frame.term > in_force_.term) return on_next_term(now, arrived, out);
  on_this_term(now, arrived, out);
}

void DeviceWorker::on_this_term(TimePoint now, const FrameArrived& arrived, Effects& out) {
  if (busy()) {
    early_.push_back(arrived);  // the stage is still being made, or written out
  } else if (arrived.frame.kind == FrameKind::kReplicate) {
    on_replicate(arrived.frame, out);
  } else if (arrived.frame.kind == FrameKind::kRecode) {
    on_recode(arrived.frame);
  } else {
    ACCEPTLAB_CHECK(stage_ != nullptr);
    stage_->handle(now, arrived, out);
  }
}

// What is under way the old way can be read all the same.
void DeviceWorker::on_recode(const Frame& frame) {
  Plan plan = decode_plan(frame.payload.bytes()).value();
  ACCEPTLAB_CHECK(stage_ != nullptr && same_stages(plan, in_force_.plan));
  in_force_.plan = std::move(plan);
  const std::optional<StageConfig> config = stage_of(device_, in_force_, training_);
  stage_->use_codecs(config->input_codec, config->output_codec);
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
    case FrameKind::kRestore:
      on_restore(arrived.frame, out);
      break;
    case FrameKind::kFetchCopy:
      on_fetch_copy(arrived, out);
      break;
    case FrameKind::kCommit:
      on_commit(now, arrived.frame, out);
      break;
    default:
      early_.push_back(arrived);  // from a device that has heard of the commit before this one
  }
}

void DeviceWorker::on_prepare(const Frame& frame, Effects& out) {
  ACCEPTLAB_CHECK(!change_);
  Plan plan = decode_plan(frame.payload.bytes()).value();
  ACCEPTLAB_CHECK(plan.stages.back().units.end == in_force_.plan.stages.back().units.end);
  change_ = Change{succeed(in_force_, std::move(plan), frame.term), frame, 0, {}, Bytes(0)};
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
  if (busy() || requests_.empty()) return;
  Op op;
  op.kind = OpKind::kExport;
  op.key = requests_.front().frame.key;
  op.stage = stage_->config().stage;
  op.units = requests_.front().frame.units;
  run(std::move(op), out);
}

void DeviceWorker::send_exported(const Payload& state, Effects& out) {
  if (requests_.empty()) return;  // of a change that has been given up meanwhile
  Frame units = reply(FrameKind::kUnits, requests_.front().frame);
  units.units = requests_.front().frame.units;
  units.payload = state;
  out.send(requests_.front().from, std::move(units));
  requests_.pop_front();
  export_next(out);
}

void DeviceWorker::on_units(const Frame& frame, Effects& out) {
  if (!change_ || change_->next.term != frame.term) return;  // of a change that has been given up
  ACCEPTLAB_CHECK(change_->missing > 0);
  change_->gained.push_back({frame.units, frame.payload});
  change_->fetched += frame.payload.size();
  --change_->missing;
  report_if_prepared(out);
}

void DeviceWorker::report_if_prepared(Effects& out) {
  if (change_->missing > 0) return;
  Frame prepared = reply(FrameKind::kPrepared, change_->prepare);
  prepared.fetched = change_->fetched;
  out.send(kCentralNode, std::move(prepared));
}

// Nobody waits for this device's units any more: the central node commits when all have theirs.
void DeviceWorker::on_commit(TimePoint now, const Frame& frame, Effects& out) {
  if (!change_ || change_->next.term != frame.term) return;  // it has restarted meanwhile
  ACCEPTLAB_CHECK(change_->missing == 0);
  ACCEPTLAB_CHECK(change_->restores() || (requests_.empty() && !busy()));
  Change change = std::move(*std::exchange(change_, std::nullopt));
  if (change.restores()) lost_track_ = false;
  in_force_ = change.next;
  const bool has_nothing = stage_ == nullptr && !busy();
  const bool working = busy() || (stage_ != nullptr && stage_->busy());
  Op op = adoption(frame, std::move(change));
  stage_.reset();
  running_.reset();
  requests_.clear();
  replicate_.reset();
  if (has_nothing && !op.next_stage) return enter_stage(now, out);
  if (working) {
    pending_ = std::move(op);
  } else {
    run(std::move(op), out);
  }
}

Op DeviceWorker::adoption(const Frame& commit, Change change) const {
  Op op;
  op.kind = OpKind::kAdopt;
  op.key = commit.key;
  op.version = commit.version;
  op.restore = change.restores();
  op.gained = std::move(change.gained);
  op.next_stage = stage_of(device_, in_force_, training_);
  if (op.next_stage) {
    op.stage = op.next_stage->stage;
    op.units = op.next_stage->units;
    op.slots = op.next_stage->slots();
  } else if (stage_ != nullptr) {
    op.stage = stage_->config().stage;
  }
  return op;
}

void DeviceWorker::run(Op op, Effects& out) {
  running_ = op;
  out.run(std::move(op));
}

void DeviceWorker::on_done(TimePoint now, const OpDone& done, Effects& out) {
  if (pending_) return run(*std::exchange(pending_, std::nullopt), out);  // the result is given up
  if (!running_) return stage_->handle(now, done, out);
  const Op op = *std::exchange(running_, std::nullopt);
  if (op.kind == OpKind::kExport && !op.each_unit) return send_exported(done.result.output, out);
  if (op.kind == OpKind::kExport) keep_snapshot(done.result.parts, out);
  if (op.next_stage) stage_ = std::make_unique<StageWorker>(*op.next_stage, op.version);
  enter_stage(now, out);
}

void DeviceWorker::enter_stage(TimePoint now, Effects& out) {
  for (const FrameArrived& arrived : std::exchange(early_, {})) on_frame(now, arrived, out);
}

// All stages are drained, and training goes on as soon as this one is written out.
void DeviceWorker::on_replicate(const Frame& frame, Effects& out) {
  ACCEPTLAB_CHECK(stage_ != nullptr && !stage_->active());
  replicate_ = frame;
  Op op;
  op.kind = OpKind::kExport;
  op.key = frame.key;
  op.stage = stage_->config().stage;
  op.units = stage_->config().units;
  op.each_unit = true;
  run(std::move(op), out);
}

void DeviceWorker::keep_snapshot(const std::vector<Payload>& parts, Effects& out) {
  const UnitRange own = stage_->config().units;
  ACCEPTLAB_CHECK(parts.size() == static_cast<std::size_t>(own.size()));
  for (int unit = own.begin; unit < own.end; ++unit) {
    const Payload& state = parts[static_cast<std::size_t>(unit - own.begin)];
    snapshots_.keep(replicate_->snapshot, unit, state);
    send_copies(unit, state, out);
  }
  Frame copied = reply(FrameKind::kCopied, *replicate_);
  copied.units = own;
  out.send(kCentralNode, std::move(copied));
  replicate_.reset();
}

// To the device behind, of the last stage to the central node.
void DeviceWorker::send_copies(int unit, const Payload& state, Effects& out) const {
  const StageConfig& config = stage_->config();
  std::set<DeviceId> to = {config.last() ? kCentralNode : config.next};
  if (replicate_->central_copy) to.insert(kCentralNode);
  to.erase(device_);
  for (const DeviceId device : to) {
    Frame copy = reply(FrameKind::kCopy, *replicate_);
    copy.units = {unit, unit + 1};
    copy.payload = state;
    out.send(device, std::move(copy));
  }
}

void DeviceWorker::on_copy(const FrameArrived& arrived, Effects& out) {
  const Frame& frame = arrived.frame;
  snapshots_.keep(frame.snapshot, frame.units.begin, frame.payload);
  Frame copied = reply(FrameKind::kCopied, frame);
  copied.units = frame.units;
  copied.fetched = frame.payload.size();
  out.send(kCentralNode, std::move(copied));
}

void DeviceWorker::on_damaged(const FrameDamaged& damaged, Effects& out) const {
  const Frame& frame = damaged.frame;
  Frame failed = reply(FrameKind::kFailed, frame);
  const std::string what = std::string(to_string(frame.kind)) + " from device " +
                           std::to_string(damaged.from.value) + " arrived damaged on device " +
                           std::to_string(device_.value);
  failed.payload = Payload::of({what.begin(), what.end()});
  out.send(kCentralNode, std::move(failed));
}

void DeviceWorker::on_probe(const Frame& frame, Effects& out) const {
  Frame alive = reply(FrameKind::kAlive, frame);
  alive.empty = in_force_.plan.stages.empty();
  alive.payload = encode_held(snapshots_.held());
  out.send(kCentralNode, std::move(alive));
}

// What was prepared before is given up: this is of a newer term.
void DeviceWorker::on_restore(const Frame& frame, Effects& out) {
  Restoration restoration = decode_restoration(frame.payload.bytes()).value();
  change_ = Change{begin_anew(std::move(restoration.plan), frame.term), frame, 0, {}, Bytes(0)};
  if (const auto next = stage_of(device_, change_->next, training_)) {
    gather(next->units, restoration.sources, out);
  }
  report_if_prepared(out);
}

void DeviceWorker::gather(UnitRange wanted, const std::vector<UnitSource>& sources, Effects& out) {
  const SnapshotId snapshot = change_->prepare.snapshot;
  for (const UnitSource& source : sources) {
    const UnitRange units = common(source.units, wanted);
    if (units.size() <= 0) continue;
    if (source.holder != device_) {
      Frame fetch = reply(FrameKind::kFetchCopy, change_->prepare);
      fetch.units = units;
      out.send(source.holder, std::move(fetch));
      change_->missing += static_cast<std::size_t>(units.size());
      continue;
    }
    for (int unit = units.begin; unit < units.end; ++unit) {
      const std::optional<Payload> own = snapshots_.find(snapshot, unit);
      if (own) change_->gained.push_back({{unit, unit + 1}, *own});
      if (!own) ++change_->missing;  // lost by a restart since it was reported: never prepared
    }
  }
}

// Where a restart has lost a part since it was reported, no answer comes: it is noticed as late.
void DeviceWorker::on_fetch_copy(const FrameArrived& arrived, Effects& out) const {
  const Frame& frame = arrived.frame;
  for (int unit = frame.units.begin; unit < frame.units.end; ++unit) {
    const std::optional<Payload> state = snapshots_.find(frame.snapshot, unit);
    if (!state) continue;
    Frame units = reply(FrameKind::kUnits, frame);
    units.units = {unit, unit + 1};
    units.payload = *state;
    out.send(arrived.from, std::move(units));
  }
}

}  // namespace acceptlab
