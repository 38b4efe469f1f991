#include <algorithm>

#include "runtime/torch/models/layers.h"

// MobileNetV2 (Sandler et al., arXiv 1801.04381, table 2) for 32x32 inputs. Two strides of the
// published network become 1, as is usual for CIFAR: those of the stem and of the first block with
// 24 channels. No dropout, so that training draws no random numbers.
namespace acceptlab::torch_stage::models {
namespace {

struct BlockShape {
  int in;
  int out;
  int stride;
  int expansion;
};

torch::nn::Sequential conv_bn_relu6(int in, int out, int kernel, int stride = 1, int groups = 1) {
  return torch::nn::Sequential(same_conv(in, out, kernel, stride, groups),
                               torch::nn::BatchNorm2d(out),
                               torch::nn::ReLU6(torch::nn::ReLU6Options(true)));
}

// Expand by 1x1, filter by depth-wise 3x3, project by a linear 1x1; the input is added where the
// shapes agree.
class InvertedResidualImpl : public torch::nn::Module {
 public:
  explicit InvertedResidualImpl(const BlockShape& shape)
      : shortcut_(shape.stride == 1 && shape.in == shape.out) {
    const int hidden = shape.in * shape.expansion;
    if (shape.expansion != 1) body_->extend(*conv_bn_relu6(shape.in, hidden, 1));
    body_->extend(*conv_bn_relu6(hidden, hidden, 3, shape.stride, hidden));
    body_->push_back(same_conv(hidden, shape.out, 1));
    body_->push_back(torch::nn::BatchNorm2d(shape.out));
    register_module("body", body_);
  }

  torch::Tensor forward(const torch::Tensor& x) {
    const torch::Tensor y = body_->forward(x);
    return shortcut_ ? x + y : y;
  }

 private:
  torch::nn::Sequential body_;
  bool shortcut_;
};
TORCH_MODULE(InvertedResidual);

struct BlockRow {  // t, c, n, s of table 2
  int expansion;
  int channels;
  int repeats;
  int stride;
};
constexpr BlockRow kRows[] = {{1, 16, 1, 1}, {6, 24, 2, 1},  {6, 32, 3, 2}, {6, 64, 4, 2},
                              {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

}  // namespace

Model mobilenetv2(const ModelOptions& options) {
  int channels = scaled_channels(32, options.width);
  int size = 32;
  Model model{options, {3, size, size}, {}};
  model.units.push_back(
      {"stem", {channels, size, size}, [channels] { return conv_bn_relu6(3, channels, 3); }});
  for (const BlockRow& row : kRows) {
    for (int repeat = 0; repeat < row.repeats; ++repeat) {
      const int out = scaled_channels(row.channels, options.width);
      const BlockShape shape{channels, out, repeat == 0 ? row.stride : 1, row.expansion};
      size /= shape.stride;
      channels = out;
      model.units.push_back({"block" + std::to_string(model.unit_count()),
                             {channels, size, size},
                             [shape] { return torch::nn::Sequential(InvertedResidual(shape)); }});
    }
  }
  const int features = scaled_channels(1280, std::max(1.0, options.width));
  const int classes = options.classes;
  model.units.push_back({"last_conv", {features, size, size}, [channels, features] {
                           return conv_bn_relu6(channels, features, 1);
                         }});
  model.units.push_back({"classifier", {classes}, [features, classes] {
                           return pooled_classifier(features, classes);
                         }});
  return model;
}

}  // namespace acceptlab::torch_stage::models
