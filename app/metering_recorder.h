#pragma once

#include "app/forwarding_recorder.h"
#include "app/plan_history.h"
#include "runtime/link_meter.h"

namespace acceptlab::app {

// Passes everything on and keeps up to date what codecs and checkpoints ask: the meter of the links
// and the plans.
class MeteringRecorder : public ForwardingRecorder {
 public:
  // All outlive the recorder.
  MeteringRecorder(Recorder& target, LinkMeter& meter, PlanHistory& plans)
      : ForwardingRecorder(target), meter_(meter), plans_(plans) {}

  using ForwardingRecorder::record;
  void record(const RepartitionSample& sample) override {
    plans_.add(sample.term, sample.after);
    ForwardingRecorder::record(sample);
  }
  void record(const RecoverySample& sample) override {
    plans_.add(sample.term, sample.after);
    ForwardingRecorder::record(sample);
  }
  void record(const MessageSpan& span) override {
    meter_.add(span);
    ForwardingRecorder::record(span);
  }

 private:
  LinkMeter& meter_;
  PlanHistory& plans_;
};

}  // namespace acceptlab::app
