#pragma once

#include <deque>
#include <map>
#include <string>

#include "app/forwarding_recorder.h"
#include "app/progress.h"
#include "runtime/frame.h"

namespace acceptlab::app {

// Passes everything on and shows a person, in one line, how training on real devices goes: loss,
// time per batch, what part of it each device works, what arrives at the central node.
class StatusRecorder : public ForwardingRecorder {
 public:
  // `target` outlives the recorder. `batches`: mini-batches of the whole run.
  StatusRecorder(Recorder& target, int batches)
      : ForwardingRecorder(target), progress_("mini-batches", batches) {}

  using ForwardingRecorder::record;
  void record(const BatchSample& sample) override;
  // Mini-batches that are trained again count once.
  void record(const RecoverySample& sample) override;
  void record(const MessageSpan& span) override;
  // A frame that the central node is about to handle.
  void watch(DeviceId from, const Frame& frame);

 private:
  std::string note(const BatchSample& sample);

  Progress progress_;
  int done_ = 0;
  std::deque<TimePoint> latest_;               // ends of the latest mini-batches
  std::map<DeviceId, StageTime> stage_times_;  // of the latest mini-batch
  Bytes arrived_;                              // at the central node, since counted_from_
  TimePoint counted_from_{};
};

}  // namespace acceptlab::app
