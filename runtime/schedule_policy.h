#pragma once

#include <memory>
#include <optional>

#include "runtime/operation.h"
#include "runtime/stage_config.h"

namespace acceptlab {

// How far a stage is within an epoch of training, and what has arrived for it.
class StageProgress {
 public:
  virtual ~StageProgress() = default;
  // Mini-batches whose update is applied: also the index of the next to be updated.
  virtual int updates() const = 0;
  // Mini-batches of the epoch, or those before the one at which it is interrupted.
  virtual int end() const = 0;
  // Micro-batches of the whole epoch that went forward, or backward.
  virtual int forwards() const = 0;
  virtual int backwards() const = 0;
  // The input (last stage: and the labels) of this micro-batch is here.
  virtual bool input_ready(int batch, int micro) const = 0;
  virtual bool gradient_ready(int batch, int micro) const = 0;
};

struct Step {
  OpKind kind = OpKind::kForward;
  int batch = 0;
  int micro = 0;
};

// Decides what a stage does next in training. Has no state of its own.
class SchedulePolicy {
 public:
  virtual ~SchedulePolicy() = default;
  // Returns nothing while the stage has to wait, or is done.
  virtual std::optional<Step> next(const StageProgress& progress) const = 0;
};

std::unique_ptr<SchedulePolicy> make_schedule_policy(const StageConfig& config);

}  // namespace acceptlab
