#include "results/recovery_log.h"

#include <utility>

namespace acceptlab::results {

std::optional<Duration> RecoveryRow::retrain() const {
  if (!retrained) return std::nullopt;
  return *retrained - sample.committed;
}

std::optional<Duration> RecoveryRow::total() const {
  if (!retrained) return std::nullopt;
  return *retrained - sample.detected;
}

void RecoveryLog::add(const RecoverySample& sample) {
  done_ = sample.resumed.version;
  pending_.push_back({sample, std::nullopt});
  settle(sample.committed);
}

void RecoveryLog::add(const BatchSample& sample) {
  ++done_;
  settle(sample.finished);
}

void RecoveryLog::settle(TimePoint now) {
  std::vector<RecoveryRow> rest;
  for (RecoveryRow& row : pending_) {
    const bool reached = row.sample.version <= done_;
    if (reached) row.retrained = now;
    (reached ? complete_ : rest).push_back(std::move(row));
  }
  pending_ = std::move(rest);
}

std::vector<RecoveryRow> RecoveryLog::take_complete() { return std::exchange(complete_, {}); }

const char* to_string(RecoveryCause cause) {
  switch (cause) {
    case RecoveryCause::kLate:
      return "late";
    case RecoveryCause::kPeerLost:
      return "peer lost";
    case RecoveryCause::kReturned:
      return "returned";
    case RecoveryCause::kDamaged:
      return "damaged";
  }
  return "unknown";
}

}  // namespace acceptlab::results
