#include <cmath>

#include "runtime/torch/models/layers.h"

// A small vision transformer (Dosovitskiy et al., arXiv 2010.11929) for 32x32 inputs: 64 patches of
// 4x4, six pre-norm encoder blocks of four heads, and the mean over the patches in place of a class
// token. No dropout, so that training draws no random numbers.
namespace acceptlab::torch_stage::models {
namespace {

constexpr int kImage = 32;
constexpr int kPatch = 4;
constexpr int kTokens = (kImage / kPatch) * (kImage / kPatch);
constexpr int kDepth = 6;
constexpr int kHeads = 4;
constexpr int kMlpRatio = 4;

torch::nn::LayerNorm norm(int dim) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions(std::vector<std::int64_t>{dim}));
}

// [n, 3, 32, 32] -> [n, tokens, dim]: a linear map of each patch, and what is learnt of its place.
class EmbeddingImpl : public torch::nn::Module {
 public:
  explicit EmbeddingImpl(int dim)
      : patches_(torch::nn::Conv2dOptions(3, dim, kPatch).stride(kPatch)),
        place_(register_parameter("place", torch::zeros({kTokens, dim}))) {
    register_module("patches", patches_);
  }

  torch::Tensor forward(const torch::Tensor& x) {
    // Contiguous, as a tensor that crossed a cut is: the next unit then sums in the same order.
    return patches_->forward(x).flatten(2).transpose(1, 2).add(place_).contiguous();
  }

 private:
  torch::nn::Conv2d patches_;
  torch::Tensor place_;
};
TORCH_MODULE(Embedding);

// Softmax(q k^T / sqrt(dim / heads)) v for each head, projected: [n, tokens, dim] to the same.
class AttentionImpl : public torch::nn::Module {
 public:
  explicit AttentionImpl(int dim) : qkv_(dim, 3 * dim), projection_(dim, dim) {
    register_module("qkv", qkv_);
    register_module("projection", projection_);
  }

  torch::Tensor forward(const torch::Tensor& x) {
    const std::int64_t dim = x.size(2);
    const torch::Tensor qkv = qkv_->forward(x)
                                  .view({x.size(0), x.size(1), 3, kHeads, dim / kHeads})
                                  .permute({2, 0, 3, 1, 4});
    const double scale = 1.0 / std::sqrt(static_cast<double>(dim / kHeads));
    const torch::Tensor weights =
        torch::softmax(torch::matmul(qkv[0] * scale, qkv[1].transpose(-2, -1)), -1);
    return projection_->forward(torch::matmul(weights, qkv[2]).transpose(1, 2).reshape(x.sizes()));
  }

 private:
  torch::nn::Linear qkv_;
  torch::nn::Linear projection_;
};
TORCH_MODULE(Attention);

// x + attention(norm(x)), then the same with two linear layers around a GELU.
class EncoderBlockImpl : public torch::nn::Module {
 public:
  explicit EncoderBlockImpl(int dim)
      : attention_(norm(dim), Attention(dim)),
        mlp_(norm(dim), torch::nn::Linear(dim, kMlpRatio * dim), torch::nn::GELU(),
             torch::nn::Linear(kMlpRatio * dim, dim)) {
    register_module("attention", attention_);
    register_module("mlp", mlp_);
  }

  torch::Tensor forward(const torch::Tensor& x) {
    const torch::Tensor y = x + attention_->forward(x);
    return y + mlp_->forward(y);
  }

 private:
  torch::nn::Sequential attention_;
  torch::nn::Sequential mlp_;
};
TORCH_MODULE(EncoderBlock);

// [n, tokens, dim] -> [n, classes].
class HeadImpl : public torch::nn::Module {
 public:
  HeadImpl(int dim, int classes) : norm_(norm(dim)), linear_(dim, classes) {
    register_module("norm", norm_);
    register_module("linear", linear_);
  }

  torch::Tensor forward(const torch::Tensor& x) {
    return linear_->forward(norm_->forward(x).mean(1));
  }

 private:
  torch::nn::LayerNorm norm_;
  torch::nn::Linear linear_;
};
TORCH_MODULE(Head);

}  // namespace

Model vit(const ModelOptions& options) {
  const int dim = scaled_channels(128, options.width);  // a multiple of the heads
  const int classes = options.classes;
  Model model{options, {3, kImage, kImage}, {}};
  model.units.push_back(
      {"embedding", {kTokens, dim}, [dim] { return torch::nn::Sequential(Embedding(dim)); }});
  for (int block = 1; block <= kDepth; ++block) {
    model.units.push_back({"block" + std::to_string(block), {kTokens, dim}, [dim] {
                             return torch::nn::Sequential(EncoderBlock(dim));
                           }});
  }
  model.units.push_back(
      {"head", {classes}, [dim, classes] { return torch::nn::Sequential(Head(dim, classes)); }});
  return model;
}

}  // namespace acceptlab::torch_stage::models
