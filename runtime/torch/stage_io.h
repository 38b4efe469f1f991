#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/operation.h"
#include "runtime/torch/model.h"
#include "runtime/torch/stage.h"

// Internal to runtime/torch: includes LibTorch.
namespace acceptlab::torch_stage {

// What enters and leaves a stage: payloads to tensors and back, labels to scores. Its errors are
// std::runtime_error and name stage, batch and micro-batch.
class StageIo {
 public:
  // Both outlive this.
  StageIo(const TorchStageOptions& options, const Model& model)
      : options_(options), model_(model) {}

  // Float32 [op.samples, input of the stage's first unit], from raw samples on the first stage.
  torch::Tensor decode_input(const Op& op, TensorCodec* codec) const;
  torch::Tensor decode_output_gradient(const Op& op, const torch::Tensor& output) const;
  Payload encode_activation(const torch::Tensor& output, const Op& op) const;
  Payload encode_gradient(const torch::Tensor& gradient, const Op& op) const;
  // Of that number.
  StageCodecs codecs(int number) const;

  struct Scored {
    torch::Tensor mean_loss;  // over op.samples, with its graph
    Score score;
  };
  Scored score(const Op& op, const torch::Tensor& logits) const;

  [[noreturn]] void fail(const BatchKey& key, const std::string& what) const;

 private:
  template <typename T>
  T value_or_fail(Result<T> result, const BatchKey& key, const char* what) const {
    if (!result) fail(key, std::string(what) + ": " + result.error().message);
    return std::move(result).value();
  }
  torch::Tensor decode_raw(const Op& op) const;
  Result<torch::Tensor> decode(const Op& op, const std::vector<std::int64_t>& shape,
                               TensorCodec* codec, int sender, Direction direction) const;
  // Activations cross the cut to `sender`'s next stage, gradients that to its previous one.
  std::uint32_t cut_term(int sender, Direction direction) const;
  Payload encode(const torch::Tensor& values, TensorCodec* codec, Direction direction,
                 const BatchKey& key) const;

  const TorchStageOptions& options_;
  const Model& model_;
};

}  // namespace acceptlab::torch_stage
