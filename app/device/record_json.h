#pragma once

// For .cc files of this folder only: it brings in the JSON library.

#include <nlohmann/json.hpp>

#include "runtime/ports/recorder.h"

namespace acceptlab::app {

// Keeps what a worker records until the central node gets it.
class RecordBuffer : public Recorder {
 public:
  void record(const StageSample& sample) override;
  void record(const BatchSample& sample) override;
  void record(const EpochSample& sample) override;
  void record(const RepartitionSample& sample) override;
  void record(const ReplicationSample& sample) override;
  void record(const RecoverySample& sample) override;
  void record(const OpSpan& span) override;
  void record(const MessageSpan& span) override;

  std::size_t size() const { return list_.size(); }
  // All so far as a JSON list, oldest first; then begins anew.
  nlohmann::json take();

 private:
  nlohmann::json list_ = nlohmann::json::array();
};

// Hands on what RecordBuffer::take() gave. Throws std::runtime_error where it cannot be that.
void replay_records(const nlohmann::json& list, Recorder& recorder);

}  // namespace acceptlab::app
