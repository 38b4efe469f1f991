#pragma once

#include <cstdio>

#include "app/progress.h"
#include "runtime/ports/recorder.h"

namespace acceptlab::app {

// Passes everything on and shows a person how far training is.
class ProgressRecorder : public Recorder {
 public:
  // `target` outlives the recorder. `batches`: mini-batches of the whole run.
  ProgressRecorder(Recorder& target, int batches, bool show)
      : target_(target), progress_("mini-batches", batches), show_(show) {}

  void record(const StageSample& sample) override { target_.record(sample); }
  void record(const EpochSample& sample) override { target_.record(sample); }
  void record(const RepartitionSample& sample) override { target_.record(sample); }
  void record(const OpSpan& span) override { target_.record(span); }
  void record(const MessageSpan& span) override { target_.record(span); }
  void record(const BatchSample& sample) override {
    target_.record(sample);
    ++done_;
    if (!show_) return;
    char note[96];
    const double loss = sample.score.samples > 0
                            ? sample.score.loss_sum / static_cast<double>(sample.score.samples)
                            : 0.0;
    std::snprintf(note, sizeof note, "epoch %d, loss %.3f, virtual time %.1f s", sample.epoch, loss,
                  to_seconds(sample.finished));
    progress_.update(done_, note);
  }

 private:
  Recorder& target_;
  Progress progress_;
  bool show_;
  int done_ = 0;
};

}  // namespace acceptlab::app
