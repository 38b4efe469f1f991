#pragma once

#include "runtime/samples.h"

namespace acceptlab {

// Takes what happened, in order of time. Where it goes (files, tables, tests) is the recorder's.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void record(const StageSample& sample) = 0;
  virtual void record(const BatchSample& sample) = 0;
  virtual void record(const EpochSample& sample) = 0;
  virtual void record(const RepartitionSample& sample) = 0;
  virtual void record(const ReplicationSample& sample) = 0;
  virtual void record(const RecoverySample& sample) = 0;
  virtual void record(const OpSpan& span) = 0;
  virtual void record(const MessageSpan& span) = 0;
};

}  // namespace acceptlab
