// The central node's part in replication and recovery that concerns the run: its epochs, batches
// and plan. The protocol is recovery.h's.
#include <iterator>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/central_node.h"

namespace acceptlab {

void CentralNode::replicate(bool central_copy, Effects& out) {
  ReplicationSample record;
  record.started = drain_started_;
  record.drained = drained_at_;
  record.central_copy = central_copy;
  const Snapshot snapshot{{in_force_.term, updates_done()}, epoch_, admitted_};
  recovery_->replicate(snapshot, record, in_force_.plan, out);
}

// What is copied now need not be trained again where another device takes its part.
void CentralNode::on_copied(TimePoint now, const FrameArrived& arrived, Effects& out) {
  if (recovery_ == nullptr) return;
  recovery_->on_copied(now, arrived.from, arrived.frame, out);
  // Some were there again before they were missed.
  for (auto device = back_.begin(); device != back_.end();) {
    device = recovery_->takes_part(*device) ? back_.erase(device) : std::next(device);
  }
  const bool may_change = change_ == Change::kNone && !stopping_ && !recovery_->under_way();
  if (back_.empty() || !may_change || !recovery_->newest_copy_is_whole()) return;
  const std::string who = std::to_string(back_.begin()->value);
  recovery_->await_also(std::exchange(back_, {}));
  suspect(now, RecoveryCause::kReturned, "device " + who + " is there again", out);
}

void CentralNode::suspect(TimePoint now, RecoveryCause cause, const std::string& what,
                          Effects& out) {
  if (recovery_ == nullptr) {
    out.fail(what + ", and recovery is not enabled");
    return;
  }
  RecoverySample about;
  about.cause = cause;
  about.what = what;
  about.epoch = epoch_.epoch;
  about.batch = phase_ == Phase::kTrain ? completed_ : config_.shape.batches(Phase::kTrain);
  about.version = updates_done() - completed_ + about.batch;
  recovery_->probe(now, ++newest_term_, about, out);
}

void CentralNode::on_timer(TimePoint now, TimerId timer, Effects& out) {
  ACCEPTLAB_CHECK(recovery_ != nullptr);
  if (recovery_->on_deadline(now, timer, out)) {
    suspect(now, RecoveryCause::kLate, "no mini-batch was finished within the deadline", out);
  } else if (recovery_->on_probe_timeout(timer)) {
    decide_recovery(now, out);
  }
}

void CentralNode::on_alive(TimePoint now, const FrameArrived& arrived, Effects& out) {
  if (recovery_ == nullptr || !recovery_->on_alive(arrived.from, arrived.frame)) return;
  decide_recovery(now, out);
}

void CentralNode::decide_recovery(TimePoint now, Effects& out) {
  const Recovery::Findings findings = recovery_->findings();
  recovery_->restore(now, ++newest_term_, plan_after(findings), out);
}

// The plan stays where its devices do, and none returns. Without a planner the first plan counts,
// so that a device that comes back has its units again.
Plan CentralNode::plan_after(const Recovery::Findings& findings) {
  std::optional<Plan> best;
  if (replanner_ != nullptr) best = replanner_->plan_on(findings.survivors);
  if (findings.returned.empty() && findings.has_all_of(in_force_.plan)) return in_force_.plan;
  return best ? *best : plan_without_lost(config_.plan, findings.survivors);
}

void CentralNode::commit_recovery(TimePoint now, Effects& out) {
  Recovery::Outcome outcome = recovery_->commit(now, out);
  outcome.record.before = in_force_.plan;
  in_force_ = begin_anew(outcome.record.after, outcome.record.term);
  out.record(outcome.record);
  epoch_ = outcome.snapshot.epoch;
  phase_ = Phase::kTrain;
  admitted_ = completed_ = outcome.snapshot.batch;
  in_flight_.clear();
  move_.reset();
  replicate_.reset();
  // Copies were lost with the devices. The state at the start needs none.
  if (outcome.snapshot.id.version > 0) {
    replicate_ = true;
    drain_started_ = drained_at_ = now;
  }
  go_on(now, out);
}

}  // namespace acceptlab
