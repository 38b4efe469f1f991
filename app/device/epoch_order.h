#pragma once

// For .cc files of this folder only: it brings in the JSON library.

#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "runtime/ports/recorder.h"

namespace acceptlab::app {

// Puts what workers have recorded in front of the end of the epoch that it belongs to: at its end
// they are asked for it, and what the central node records meanwhile waits.
class EpochOrder : public Recorder {
 public:
  // `ask`: every worker for its records so far. `target` outlives it.
  EpochOrder(Recorder& target, std::set<DeviceId> workers, std::function<void()> ask)
      : target_(target), workers_(std::move(workers)), ask_(std::move(ask)) {}

  void record(const StageSample& sample) override { pass(sample); }
  void record(const BatchSample& sample) override { pass(sample); }
  void record(const EpochSample& sample) override;
  void record(const RepartitionSample& sample) override { pass(sample); }
  void record(const ReplicationSample& sample) override { pass(sample); }
  void record(const RecoverySample& sample) override { pass(sample); }
  void record(const OpSpan& span) override { pass(span); }
  void record(const MessageSpan& span) override { pass(span); }

  // What a worker has handed over. `asked`: it is an answer, not a part sent before.
  void take(DeviceId from, const nlohmann::json& records, bool asked);
  // Its answer may be lost: this epoch's end does not wait for it any more.
  void skip(DeviceId worker);
  // Nothing comes from this worker any more.
  void excuse(DeviceId worker);
  // From the next epoch's end on, this one is asked again.
  void include(DeviceId worker) { workers_.insert(worker); }

 private:
  template <typename Record>
  void pass(const Record& record) {
    if (missing_.empty()) return target_.record(record);
    later_.push_back([this, record] { this->record(record); });
  }

  void settle();

  Recorder& target_;
  std::set<DeviceId> workers_;
  const std::function<void()> ask_;
  std::set<DeviceId> missing_;  // answers
  EpochSample epoch_;           // whose end waits for them
  std::deque<std::function<void()>> later_;
};

}  // namespace acceptlab::app
