#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/base/units.h"
#include "runtime/ports/stage_compute.h"
#include "runtime/stage_config.h"
#include "runtime/torch/stage.h"

namespace acceptlab::torch_stage {

// A device that computes whichever stage the plan gives it, by LibTorch on the calling thread.
// Units that move take weights, momenta and running statistics along; what codecs remember of a cut
// that has moved is forgotten. One thread owns it.
class TorchDevice : public StageCompute {
 public:
  // Of its stage, which may be none: see TorchStage.
  virtual std::vector<UnitState> state() const = 0;
  // What is loaded is also what a stage begins with that goes back to the start of the run.
  virtual void load(const std::vector<UnitState>& units, std::int64_t version) = 0;
};

// How a stage is to be computed.
using StageOptions = std::function<TorchStageOptions(const StageConfig&)>;

// `first`: its stage at the start; null: none. Throws ConfigError as make_torch_stage does.
std::unique_ptr<TorchDevice> make_torch_device(const StageConfig* first, StageOptions options);

// Size of each unit's state on its way to another device.
std::vector<Bytes> moved_unit_sizes(const ModelOptions& model);

}  // namespace acceptlab::torch_stage
