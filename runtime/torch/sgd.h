#pragma once

#include <torch/types.h>

#include <vector>

#include "runtime/torch/stage.h"

// Internal to runtime/torch: includes LibTorch.
namespace acceptlab::torch_stage {

// Stochastic gradient descent with the arithmetic of torch::optim::SGD, bit for bit; unlike there
// the momenta are plain tensors, which replicas average and checkpoints hold.
class Sgd {
 public:
  // Momenta start at zero, one per weight.
  Sgd(const SgdOptions& options, const std::vector<torch::Tensor>& weights);

  // Steps `weights` by the gradients of `source`, which it uses up and drops; a weight without
  // gradient stays. The two may be the same. The momenta of `weights` are updated.
  void step(const std::vector<torch::Tensor>& weights, std::vector<torch::Tensor>& source,
            double learning_rate);

  // Copies the values of `momenta`.
  void assign(const std::vector<torch::Tensor>& momenta);

  std::vector<torch::Tensor>& momenta() { return momenta_; }
  const std::vector<torch::Tensor>& momenta() const { return momenta_; }

 private:
  void step_one(const torch::Tensor& weight, torch::Tensor gradient, torch::Tensor& momentum,
                double learning_rate) const;

  SgdOptions options_;
  std::vector<torch::Tensor> momenta_;
};

}  // namespace acceptlab::torch_stage
