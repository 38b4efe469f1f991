#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "app/forwarding_recorder.h"
#include "app/progress.h"

namespace acceptlab::app {

// Passes everything on and shows a person how far training is.
class ProgressRecorder : public ForwardingRecorder {
 public:
  // `target` outlives the recorder. `batches`: mini-batches of the whole run. `clock`: "virtual",
  // "wall".
  ProgressRecorder(Recorder& target, int batches, bool show, std::string clock = "virtual")
      : ForwardingRecorder(target),
        progress_("mini-batches", batches),
        show_(show),
        clock_(std::move(clock)) {}

  using ForwardingRecorder::record;
  // Mini-batches that are trained again count once.
  void record(const RecoverySample& sample) override {
    ForwardingRecorder::record(sample);
    done_ = static_cast<int>(sample.resumed.version);
  }
  void record(const BatchSample& sample) override {
    ForwardingRecorder::record(sample);
    ++done_;
    if (!show_) return;
    const double loss = sample.score.samples > 0
                            ? sample.score.loss_sum / static_cast<double>(sample.score.samples)
                            : 0.0;
    progress_.update(done_, fmt::format("epoch {}, loss {:.3f}, {} time {:.1f} s", sample.epoch,
                                        loss, clock_, to_seconds(sample.finished)));
  }

 private:
  Progress progress_;
  bool show_;
  std::string clock_;
  int done_ = 0;
};

}  // namespace acceptlab::app
