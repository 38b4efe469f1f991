#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/torch/model.h"

// Internal to runtime/torch: includes LibTorch.
namespace acceptlab::torch_stage {

// A unit's module with its initial weights: He initialisation of convolutions and linear layers
// (He et al., arXiv 1502.01852, normal, by fan-in), zero biases. They depend on `seed` and
// `unit` only.
torch::nn::Sequential build_unit(const Model& model, int unit, std::uint64_t seed);

// Modules of one stage with one set of weights, in training mode.
struct Replica {
  std::vector<torch::nn::Sequential> units;
  std::vector<torch::Tensor> weights;  // of all units, in order
  std::vector<torch::Tensor> buffers;  // running statistics, in order
  int graphs = 0;                      // forwards whose backward is still to come

  torch::Tensor forward(torch::Tensor x);
  void set_training(bool training);
  void drop_gradients();
};

Replica build_replica(const Model& model, UnitRange range, std::uint64_t seed);

// Lets `replica` read and write the running statistics of `owner`.
void share_buffers(Replica& replica, const Replica& owner);

// Copies values. Requires: no graph in flight on `to`, which would be computed with other weights
// than its forward.
void copy_weights(const std::vector<torch::Tensor>& from, Replica& to);

}  // namespace acceptlab::torch_stage
