#pragma once

#include <torch/torch.h>

#include <vector>

#include "tests/runtime/torch/pipeline.h"

namespace acceptlab::torch_stage {

// The same training written plainly with torch::nn and torch::optim::SGD: one module per unit, no
// stages. What TorchStage computes is compared with it.
class Reference {
 public:
  explicit Reference(const TorchStageOptions& options);

  torch::Tensor forward(torch::Tensor x);
  // Mean cross-entropy of samples [begin, begin + count).
  torch::Tensor loss(const Batch& batch, int begin, int count);
  std::vector<torch::Tensor> weights(UnitRange range) const;
  std::vector<torch::Tensor> weights() const;
  std::vector<torch::Tensor> buffers() const;
  const TorchStageOptions& options() const { return options_; }
  torch::optim::SGD make_optimizer(const std::vector<torch::Tensor>& weights) const;
  void set_training(bool training);

 private:
  TorchStageOptions options_;
  Shape input_;
  std::vector<torch::nn::Sequential> units_;
};

std::vector<torch::Tensor> deep_copy(const std::vector<torch::Tensor>& tensors);
void assign(const std::vector<torch::Tensor>& to, const std::vector<torch::Tensor>& from);

// The weights, and the running statistics, are equal bit for bit.
void expect_same_model(const std::vector<UnitState>& state, const Reference& reference,
                       const std::vector<torch::Tensor>& weights);

}  // namespace acceptlab::torch_stage
