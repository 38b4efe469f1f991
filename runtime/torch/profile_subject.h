#pragma once

// Internal to this folder.

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/torch/model.h"
#include "runtime/torch/replica.h"
#include "runtime/torch/sgd.h"

namespace acceptlab::torch_stage {

// A model made for measuring: its units, and for each of them an input as it comes in training.
class ProfileSubject {
 public:
  ProfileSubject(const ModelOptions& model, int batch_samples, std::uint64_t seed);

  int unit_count() const { return model_.unit_count(); }

  // What crosses the cut before a unit: values without history, with a gradient unless they are
  // the samples.
  static torch::Tensor leaf(const torch::Tensor& x, int unit);
  const torch::Tensor& input(int unit) const;
  // Forward of `units`, with the loss where they end the model.
  torch::Tensor forward(UnitRange units, torch::Tensor x);
  // One step of SGD. With a learning rate of 0 the arithmetic is that of a real step, but the
  // weights stay sane.
  void update(int unit);
  void drop_gradients(UnitRange units);

 private:
  Model model_;
  torch::Tensor labels_;
  std::vector<torch::Tensor> inputs_;
  std::vector<Replica> replicas_;  // one unit each
  std::vector<Sgd> sgd_;
};

}  // namespace acceptlab::torch_stage
