#pragma once

#include <torch/torch.h>

#include "runtime/torch/model.h"

// Pieces that several models are made of. Internal to runtime/torch: includes LibTorch.
namespace acceptlab::torch_stage::models {

// Channels times width, rounded to a multiple of 8 but never down by more than 10 % (Sandler et
// al., MobileNetV2, arXiv 1801.04381: the rule of its published code).
int scaled_channels(int channels, double width);

// A convolution without bias that keeps height and width at stride 1. Requires: kernel odd.
torch::nn::Conv2d same_conv(int in, int out, int kernel, int stride = 1, int groups = 1,
                            bool bias = false);

// Global average pooling and a linear layer: [n, features, h, w] -> [n, classes].
torch::nn::Sequential pooled_classifier(int features, int classes);

}  // namespace acceptlab::torch_stage::models
