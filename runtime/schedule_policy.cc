#include "runtime/schedule_policy.h"

#include "runtime/base/check.h"

namespace acceptlab {

namespace {

// GPipe (Huang et al. 2019): every micro-batch forward, then every micro-batch backward in reverse
// order, then one update.
class SynchronousPolicy : public SchedulePolicy {
 public:
  explicit SynchronousPolicy(const StageConfig& config) : config_(config) {}

  std::optional<Step> next(const StageProgress& progress) const override {
    const int batch = progress.updates();
    if (batch == progress.end()) return std::nullopt;
    const int micros = config_.shape.micro_batches_in(Phase::kTrain, batch);
    const int before = config_.shape.micro_batches_before(batch);
    const int forward = progress.forwards() - before;
    if (forward < micros) {
      if (!progress.input_ready(batch, forward)) return std::nullopt;
      return Step{OpKind::kForward, batch, forward};
    }
    const int backward = progress.backwards() - before;
    if (backward == micros) return Step{OpKind::kUpdate, batch, 0};
    const int micro = micros - 1 - backward;
    if (!config_.last() && !progress.gradient_ready(batch, micro)) return std::nullopt;
    return Step{OpKind::kBackward, batch, micro};
  }

 private:
  StageConfig config_;
};

// Strict 1F1B (Narayanan et al. 2019): a stage fills its window with forwards, then alternates; at
// the end of the input it drains.
class OneForwardOneBackwardPolicy : public SchedulePolicy {
 public:
  explicit OneForwardOneBackwardPolicy(const StageConfig& config) : config_(config) {}

  std::optional<Step> next(const StageProgress& progress) const override {
    const int forwards = progress.forwards();
    const int backwards = progress.backwards();
    if (progress.updates() < backwards) return Step{OpKind::kUpdate, progress.updates(), 0};
    const bool input_ended = forwards == progress.end();
    if (config_.last()) {
      if (input_ended || !progress.input_ready(forwards, 0)) return std::nullopt;
      return Step{OpKind::kForwardBackward, forwards, 0};
    }
    if (forwards - backwards == config_.window() || input_ended) {
      if (backwards == forwards || !progress.gradient_ready(backwards, 0)) return std::nullopt;
      return Step{OpKind::kBackward, backwards, 0};
    }
    if (!progress.input_ready(forwards, 0)) return std::nullopt;
    return Step{OpKind::kForward, forwards, 0};
  }

 private:
  StageConfig config_;
};

}  // namespace

std::unique_ptr<SchedulePolicy> make_schedule_policy(const StageConfig& config) {
  if (config.schedule.kind == ScheduleKind::kSynchronous) {
    return std::make_unique<SynchronousPolicy>(config);
  }
  ACCEPTLAB_CHECK(config.shape.micro_batches == 1);
  return std::make_unique<OneForwardOneBackwardPolicy>(config);
}

}  // namespace acceptlab
