#include "runtime/torch/models/layers.h"

// VGG-11 (Simonyan and Zisserman, arXiv 1409.1556, configuration A) in its CIFAR form: batch
// normalisation after each convolution and one linear layer as classifier.
namespace acceptlab::torch_stage::models {
namespace {

torch::nn::Sequential conv_bn_relu(int in, int out, bool pool) {
  torch::nn::Sequential unit(same_conv(in, out, 3, 1, 1, /*bias=*/true),
                             torch::nn::BatchNorm2d(out),
                             torch::nn::ReLU(torch::nn::ReLUOptions(true)));
  if (pool) unit->push_back(torch::nn::MaxPool2d(2));
  return unit;
}

struct ConvRow {
  int channels;
  bool pool;  // halves height and width after the convolution
};
constexpr ConvRow kRows[] = {{64, true},   {128, true}, {256, false}, {256, true},
                             {512, false}, {512, true}, {512, false}, {512, true}};

}  // namespace

Model vgg11(const ModelOptions& options) {
  int channels = 3;
  int size = 32;
  Model model{options, {channels, size, size}, {}};
  for (const ConvRow& row : kRows) {
    const int in = channels;
    const int out = scaled_channels(row.channels, options.width);
    const bool pool = row.pool;
    if (pool) size /= 2;
    channels = out;
    model.units.push_back({"conv" + std::to_string(model.unit_count() + 1),
                           {out, size, size},
                           [in, out, pool] { return conv_bn_relu(in, out, pool); }});
  }
  const int classes = options.classes;
  model.units.push_back({"classifier", {classes}, [channels, classes] {
                           return pooled_classifier(channels, classes);
                         }});
  return model;
}

}  // namespace acceptlab::torch_stage::models
