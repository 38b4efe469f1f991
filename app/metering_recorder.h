#pragma once

#include "app/plan_history.h"
#include "runtime/link_meter.h"
#include "runtime/ports/recorder.h"

namespace acceptlab::app {

// Passes everything on and keeps up to date what codecs and checkpoints ask: the meter of the links
// and the plans.
class MeteringRecorder : public Recorder {
 public:
  // All outlive the recorder.
  MeteringRecorder(Recorder& target, LinkMeter& meter, PlanHistory& plans)
      : target_(target), meter_(meter), plans_(plans) {}

  void record(const StageSample& sample) override { target_.record(sample); }
  void record(const BatchSample& sample) override { target_.record(sample); }
  void record(const EpochSample& sample) override { target_.record(sample); }
  void record(const RepartitionSample& sample) override {
    plans_.add(sample.term, sample.after);
    target_.record(sample);
  }
  void record(const OpSpan& span) override { target_.record(span); }
  void record(const MessageSpan& span) override {
    meter_.add(span);
    target_.record(span);
  }

 private:
  Recorder& target_;
  LinkMeter& meter_;
  PlanHistory& plans_;
};

}  // namespace acceptlab::app
