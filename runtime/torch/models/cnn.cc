#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "runtime/torch/model.h"

// LeNet-5 (LeCun et al., "Gradient-based learning applied to document recognition", 1998) as it is
// trained today: ReLU, max pooling and full connections between the channels.
namespace acceptlab::torch_stage::models {
namespace {

torch::nn::Sequential conv_relu_pool(int in, int out, int padding) {
  return torch::nn::Sequential(
      torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 5).padding(padding)),
      torch::nn::ReLU(torch::nn::ReLUOptions(true)), torch::nn::MaxPool2d(2));
}

torch::nn::Sequential linear_relu(int in, int out) {
  return torch::nn::Sequential(torch::nn::Flatten(), torch::nn::Linear(in, out),
                               torch::nn::ReLU(torch::nn::ReLUOptions(true)));
}

}  // namespace

Model cnn(const ModelOptions& options) {
  const auto scaled = [&](int n) {
    return std::max(1, static_cast<int>(std::lround(n * options.width)));
  };
  const int c1 = scaled(6);
  const int c2 = scaled(16);
  const int f1 = scaled(120);
  const int f2 = scaled(84);
  const int classes = options.classes;
  return {
      options,
      {1, 28, 28},
      {{"conv1", {c1, 14, 14}, [=] { return conv_relu_pool(1, c1, 2); }},
       {"conv2", {c2, 5, 5}, [=] { return conv_relu_pool(c1, c2, 0); }},
       {"fc1", {f1}, [=] { return linear_relu(c2 * 5 * 5, f1); }},
       {"fc2", {f2}, [=] { return linear_relu(f1, f2); }},
       {"fc3", {classes}, [=] { return torch::nn::Sequential(torch::nn::Linear(f2, classes)); }}}};
}

}  // namespace acceptlab::torch_stage::models
