#include "runtime/torch/models/layers.h"

// ResNet-18 (He et al., arXiv 1512.03385) in its CIFAR form: a 3x3 stem of stride 1 without
// pooling, and projection shortcuts where the shape changes.
namespace acceptlab::torch_stage::models {
namespace {

// relu(x + bn(conv(relu(bn(conv(x)))))), the shortcut projected by a 1x1 convolution if needed.
class BasicBlockImpl : public torch::nn::Module {
 public:
  BasicBlockImpl(int in, int out, int stride)
      : body_(same_conv(in, out, 3, stride), torch::nn::BatchNorm2d(out),
              torch::nn::ReLU(torch::nn::ReLUOptions(true)), same_conv(out, out, 3),
              torch::nn::BatchNorm2d(out)),
        projection_(stride == 1 && in == out ? torch::nn::Sequential()
                                             : torch::nn::Sequential(same_conv(in, out, 1, stride),
                                                                     torch::nn::BatchNorm2d(out))) {
    register_module("body", body_);
    register_module("projection", projection_);
  }

  torch::Tensor forward(const torch::Tensor& x) {
    const torch::Tensor shortcut = projection_->is_empty() ? x : projection_->forward(x);
    return torch::relu_(body_->forward(x).add_(shortcut));
  }

 private:
  torch::nn::Sequential body_;
  torch::nn::Sequential projection_;
};
TORCH_MODULE(BasicBlock);

}  // namespace

Model resnet18(const ModelOptions& options) {
  int channels = scaled_channels(64, options.width);
  int size = 32;
  Model model{options, {3, size, size}, {}};
  model.units.push_back({"stem", {channels, size, size}, [channels] {
                           return torch::nn::Sequential(
                               same_conv(3, channels, 3), torch::nn::BatchNorm2d(channels),
                               torch::nn::ReLU(torch::nn::ReLUOptions(true)));
                         }});
  for (const int stage_channels : {64, 128, 256, 512}) {
    for (int repeat = 0; repeat < 2; ++repeat) {
      const int in = channels;
      const int out = scaled_channels(stage_channels, options.width);
      const int stride = repeat == 0 && stage_channels != 64 ? 2 : 1;
      size /= stride;
      channels = out;
      model.units.push_back(
          {"block" + std::to_string(model.unit_count()), {out, size, size}, [in, out, stride] {
             return torch::nn::Sequential(BasicBlock(in, out, stride));
           }});
    }
  }
  const int classes = options.classes;
  model.units.push_back({"classifier", {classes}, [channels, classes] {
                           return pooled_classifier(channels, classes);
                         }});
  return model;
}

}  // namespace acceptlab::torch_stage::models
