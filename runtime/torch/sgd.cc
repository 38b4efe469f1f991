#include "runtime/torch/sgd.h"

#include <torch/torch.h>

#include "runtime/base/check.h"

namespace acceptlab::torch_stage {

Sgd::Sgd(const SgdOptions& options, const std::vector<torch::Tensor>& weights) : options_(options) {
  momenta_.reserve(weights.size());
  for (const torch::Tensor& weight : weights) {
    momenta_.push_back(torch::zeros_like(weight, torch::requires_grad(false)));
  }
}

void Sgd::step(const std::vector<torch::Tensor>& weights, std::vector<torch::Tensor>& source,
               double learning_rate) {
  ACCEPTLAB_CHECK(weights.size() == momenta_.size() && source.size() == momenta_.size());
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    torch::Tensor& gradient = source[i].mutable_grad();
    if (!gradient.defined()) continue;
    step_one(weights[i], gradient, momenta_[i], learning_rate);
    gradient = torch::Tensor();
  }
}

void Sgd::assign(const std::vector<torch::Tensor>& momenta) {
  ACCEPTLAB_CHECK(momenta.size() == momenta_.size());
  for (std::size_t i = 0; i < momenta.size(); ++i) momenta_[i].copy_(momenta[i]);
}

void Sgd::step_one(const torch::Tensor& weight, torch::Tensor gradient, torch::Tensor& momentum,
                   double learning_rate) const {
  if (options_.weight_decay != 0.0) gradient.add_(weight, options_.weight_decay);
  if (options_.momentum != 0.0) gradient = momentum.mul_(options_.momentum).add_(gradient);
  weight.add_(gradient, -learning_rate);
}

}  // namespace acceptlab::torch_stage
