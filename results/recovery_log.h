#pragma once

#include <optional>
#include <vector>

#include "runtime/samples.h"

namespace acceptlab::results {

// A return to a snapshot, and when training was as far as it had been before.
struct RecoveryRow {
  RecoverySample sample;
  std::optional<TimePoint> retrained;  // unset: not yet, or never

  Duration silent() const { return sample.detected - sample.last_progress; }
  Duration recover() const { return sample.committed - sample.detected; }
  std::optional<Duration> retrain() const;
  std::optional<Duration> total() const;  // recover and retrain
};

// Finds out, from the records of a run in order, when each recovery's loss was made good.
class RecoveryLog {
 public:
  void add(const RecoverySample& sample);
  void add(const BatchSample& sample);
  // Those that have become complete since the last call, in that order.
  std::vector<RecoveryRow> take_complete();
  // Those that are not complete, in order.
  std::vector<RecoveryRow> incomplete() const { return pending_; }

 private:
  void settle(TimePoint now);

  std::int64_t done_ = 0;  // mini-batches, those trained again counted once
  std::vector<RecoveryRow> pending_;
  std::vector<RecoveryRow> complete_;
};

// "late", "peer lost", "damaged", "returned".
const char* to_string(RecoveryCause cause);

}  // namespace acceptlab::results
