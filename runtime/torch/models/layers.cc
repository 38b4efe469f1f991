#include "runtime/torch/models/layers.h"

#include <algorithm>

namespace acceptlab::torch_stage::models {

int scaled_channels(int channels, double width) {
  constexpr int kMultiple = 8;
  const double exact = channels * width;
  const int rounded = static_cast<int>(exact + kMultiple / 2.0) / kMultiple * kMultiple;
  const int result = std::max(kMultiple, rounded);
  return result < 0.9 * exact ? result + kMultiple : result;
}

torch::nn::Conv2d same_conv(int in, int out, int kernel, int stride, int groups, bool bias) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel)
                               .stride(stride)
                               .padding(kernel / 2)
                               .groups(groups)
                               .bias(bias));
}

torch::nn::Sequential pooled_classifier(int features, int classes) {
  return torch::nn::Sequential(torch::nn::AdaptiveAvgPool2d(1), torch::nn::Flatten(),
                               torch::nn::Linear(features, classes));
}

}  // namespace acceptlab::torch_stage::models
