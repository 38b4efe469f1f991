#pragma once

#include "runtime/link_meter.h"
#include "runtime/ports/recorder.h"

namespace acceptlab::app {

// Passes everything on and keeps the meter of the links up to date.
class MeteringRecorder : public Recorder {
 public:
  // Both outlive the recorder.
  MeteringRecorder(Recorder& target, LinkMeter& meter) : target_(target), meter_(meter) {}

  void record(const StageSample& sample) override { target_.record(sample); }
  void record(const BatchSample& sample) override { target_.record(sample); }
  void record(const EpochSample& sample) override { target_.record(sample); }
  void record(const OpSpan& span) override { target_.record(span); }
  void record(const MessageSpan& span) override {
    meter_.add(span);
    target_.record(span);
  }

 private:
  Recorder& target_;
  LinkMeter& meter_;
};

}  // namespace acceptlab::app
