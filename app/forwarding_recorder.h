#pragma once

#include "runtime/ports/recorder.h"

namespace acceptlab::app {

// Passes everything on; what is derived from it does something beside.
class ForwardingRecorder : public Recorder {
 public:
  // `target` outlives the recorder.
  explicit ForwardingRecorder(Recorder& target) : target_(target) {}

  void record(const StageSample& sample) override { target_.record(sample); }
  void record(const BatchSample& sample) override { target_.record(sample); }
  void record(const EpochSample& sample) override { target_.record(sample); }
  void record(const RepartitionSample& sample) override { target_.record(sample); }
  void record(const ReplicationSample& sample) override { target_.record(sample); }
  void record(const RecoverySample& sample) override { target_.record(sample); }
  void record(const OpSpan& span) override { target_.record(span); }
  void record(const MessageSpan& span) override { target_.record(span); }

 private:
  Recorder& target_;
};

}  // namespace acceptlab::app
