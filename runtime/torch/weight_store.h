#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/torch/replica.h"
#include "runtime/torch/sgd.h"

// Internal to runtime/torch: includes LibTorch.
namespace acceptlab::torch_stage {

// The weights of a stage with several mini-batches in flight: which a forward uses, and what an
// update and an aggregation do to them.
class WeightStore {
 public:
  virtual ~WeightStore() = default;
  // The replica of `slot` with the weights that a forward starting now must use. The caller counts
  // its graphs, on which the weights stay as they are until the last one is gone.
  virtual Replica& forward_replica(int slot) = 0;
  // The same without touching its weights: for a backward.
  virtual Replica& replica(int slot) = 0;
  // Requires: no graph left on the slot.
  virtual void update(int slot, double learning_rate) = 0;
  virtual void aggregate() = 0;
  // The newest weights and their momenta. Requires what TorchStage::state() requires.
  virtual Replica& newest() = 0;
  virtual std::vector<torch::Tensor>& newest_momenta() = 0;
  // Call after newest() and newest_momenta() were overwritten. Requires: nothing in flight.
  virtual void newest_changed() = 0;
};

// Copies of the weights are made only where slots > 1.
std::unique_ptr<WeightStore> make_stashed_weights(const Model& model,
                                                  const TorchStageOptions& options);
std::unique_ptr<WeightStore> make_replicated_weights(const Model& model,
                                                     const TorchStageOptions& options);

}  // namespace acceptlab::torch_stage
