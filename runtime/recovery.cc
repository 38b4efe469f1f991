#include "runtime/recovery.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/recovery_payload.h"

namespace acceptlab {

namespace {

constexpr TimerId kDeadlineTimer{1};
constexpr TimerId kProbeTimer{2};

bool contains(const std::vector<DeviceId>& devices, DeviceId device) {
  return std::find(devices.begin(), devices.end(), device) != devices.end();
}

}  // namespace

Recovery::Recovery(const RecoveryConfig& config, std::vector<DeviceId> devices,
                   const Snapshot& at_start, int units)
    : config_(config), all_(std::move(devices)), devices_(all_), ledger_(at_start, units) {
  ACCEPTLAB_CHECK(contains(all_, kCentralNode));
}

void Recovery::start(TimePoint now, Effects& out) {
  last_progress_ = watched_from_ = now;
  out.arm(kDeadlineTimer, now + config_.batch_deadline);
}

void Recovery::note_progress(TimePoint now, Effects& out) {
  last_progress_ = watched_from_ = now;
  if (state_ != State::kProbing || record_.cause != RecoveryCause::kLate) return;
  if (record_.probes == 1) dismiss(out);
}

void Recovery::finish(Effects& out) {
  out.disarm(kDeadlineTimer);
  out.disarm(kProbeTimer);
  ledger_.finish(out);
}

bool Recovery::replication_due(std::int64_t batches_done) const {
  return batches_done % config_.replicate_every_batches == 0;
}

bool Recovery::central_copy_due(std::int64_t batches_done) const {
  return batches_done % config_.central_copy_every_batches == 0;
}

void Recovery::replicate(const Snapshot& snapshot, ReplicationSample record, const Plan& plan,
                         Effects& out) {
  record.snapshot = snapshot.id;
  record.epoch = snapshot.epoch.epoch;
  record.batch = snapshot.batch;
  ledger_.add(snapshot, record, plan.stage_count());
  for (const PlannedStage& stage : plan.stages) {
    Frame frame;
    frame.kind = FrameKind::kReplicate;
    frame.term = snapshot.id.term;
    frame.key = {Phase::kTrain, record.epoch, record.batch, 0};
    frame.snapshot = snapshot.id;
    frame.central_copy = record.central_copy;
    out.send(stage.device, std::move(frame));
  }
}

void Recovery::on_copied(TimePoint now, DeviceId from, const Frame& frame, Effects& out) {
  ledger_.copied(now, from, frame, devices_, out);
  note_progress(now, out);
}

void Recovery::probe(TimePoint now, std::uint32_t term, const RecoverySample& about, Effects& out) {
  if (state_ == State::kIdle) {
    record_ = about;
    record_.last_progress = last_progress_;
    record_.detected = now;
  }
  ++record_.probes;
  state_ = State::kProbing;
  term_ = term;
  answers_.clear();
  empty_.clear();
  for (const DeviceId device : all_) {
    Frame frame;
    frame.kind = FrameKind::kProbe;
    frame.term = term;
    out.send(device, std::move(frame));
  }
  out.arm(kProbeTimer, now + config_.probe_timeout);
}

bool Recovery::on_deadline(TimePoint now, TimerId timer, Effects& out) {
  if (!(timer == kDeadlineTimer)) return false;
  const bool late = now - watched_from_ >= config_.batch_deadline;
  if (late) watched_from_ = now;
  out.arm(kDeadlineTimer, watched_from_ + config_.batch_deadline);
  return late && state_ != State::kProbing;
}

bool Recovery::takes_part(DeviceId device) const { return contains(devices_, device); }

bool Recovery::on_probe_timeout(TimerId timer) const {
  return timer == kProbeTimer && state_ == State::kProbing;
}

bool Recovery::on_alive(DeviceId from, const Frame& frame) {
  if (state_ != State::kProbing || frame.term != term_) return false;
  std::vector<HeldUnits>& held = answers_[from];
  if (frame.payload.size() > Bytes(0)) held = decode_held(frame.payload.bytes()).value();
  if (frame.empty) empty_.insert(from);
  const auto answered = [&](DeviceId device) { return answers_.count(device) != 0; };
  return std::all_of(devices_.begin(), devices_.end(), answered) &&
         std::all_of(awaited_.begin(), awaited_.end(), answered);
}

bool Recovery::Findings::has_all_of(const Plan& plan) const {
  return std::all_of(plan.stages.begin(), plan.stages.end(),
                     [&](const PlannedStage& stage) { return contains(survivors, stage.device); });
}

Recovery::Findings Recovery::findings() const {
  Findings findings;
  for (const DeviceId device : all_) {
    const bool answered = answers_.count(device) != 0 || device == kCentralNode;
    if (answered) findings.survivors.push_back(device);
    const bool took_part = contains(devices_, device);
    if (!answered && took_part) findings.lost.push_back(device);
    if (answered && !took_part) findings.returned.push_back(device);
  }
  findings.restarted.assign(empty_.begin(), empty_.end());
  return findings;
}

void Recovery::dismiss(Effects& out) {
  out.disarm(kProbeTimer);
  state_ = State::kIdle;
}

// What an earlier attempt of the same recovery has found may have changed.
void Recovery::note_devices(const Findings& found) {
  const auto move_to = [](const std::vector<DeviceId>& devices, std::vector<DeviceId>& to,
                          std::vector<DeviceId>& from) {
    for (const DeviceId device : devices) {
      const auto before = std::find(from.begin(), from.end(), device);
      if (before != from.end()) {
        from.erase(before);
      } else {
        to.push_back(device);
      }
    }
  };
  move_to(found.lost, record_.lost, record_.returned);
  move_to(found.returned, record_.returned, record_.lost);
  record_.restarted = found.restarted;
  devices_ = found.survivors;
  awaited_.clear();
}

void Recovery::restore(TimePoint now, std::uint32_t term, const Plan& plan, Effects& out) {
  const Findings found = findings();
  // Nobody is missing and it is late nevertheless: the deadline is too short for these devices.
  const bool only_late = record_.cause == RecoveryCause::kLate && found.lost.empty();
  if (only_late && found.restarted.empty()) config_.batch_deadline *= 2;
  SnapshotLedger::Choice choice = ledger_.newest_in(answers_, plan);
  out.disarm(kProbeTimer);
  state_ = State::kRestoring;
  watched_from_ = now;
  note_devices(found);
  missing_ = {devices_.begin(), devices_.end()};
  chosen_ = choice.snapshot;
  record_.term = term_ = term;
  record_.decided = now;
  record_.after = plan;
  for (const DeviceId device : devices_) {
    Frame frame;
    frame.kind = FrameKind::kRestore;
    frame.term = term_;
    frame.key = {Phase::kTrain, chosen_.epoch.epoch, chosen_.batch, 0};
    frame.snapshot = chosen_.id;
    frame.payload = encode_restoration({plan, choice.sources});
    out.send(device, std::move(frame));
  }
}

bool Recovery::on_prepared(TimePoint now, DeviceId from, const Frame& frame) {
  if (state_ != State::kRestoring || frame.term != term_) return false;
  watched_from_ = now;
  record_.moved += frame.fetched;
  missing_.erase(from);
  return missing_.empty();
}

Recovery::Outcome Recovery::commit(TimePoint now, Effects& out) {
  ACCEPTLAB_CHECK(state_ == State::kRestoring && missing_.empty());
  state_ = State::kIdle;
  last_progress_ = watched_from_ = now;
  record_.resumed_epoch = chosen_.epoch.epoch;
  record_.resumed_batch = chosen_.batch;
  record_.resumed = chosen_.id;
  record_.committed = now;
  ledger_.rewind(chosen_.id, answers_, out);
  for (const DeviceId device : devices_) {
    Frame frame;
    frame.kind = FrameKind::kCommit;
    frame.term = term_;
    frame.key = {Phase::kTrain, chosen_.epoch.epoch, chosen_.batch, 0};
    frame.version = chosen_.id.version;
    out.send(device, std::move(frame));
  }
  return {record_, chosen_};
}

Plan plan_without_lost(const Plan& plan, const std::vector<DeviceId>& survivors) {
  ACCEPTLAB_CHECK(!plan.stages.empty() && contains(survivors, plan.stages.front().device));
  Plan rest;
  for (const PlannedStage& stage : plan.stages) {
    if (contains(survivors, stage.device)) {
      rest.stages.push_back({stage.device, stage.units, Duration(0), stage.codec});
    } else {
      rest.stages.back().units.end = stage.units.end;
      rest.stages.back().codec = stage.codec;
    }
  }
  return rest;
}

}  // namespace acceptlab
