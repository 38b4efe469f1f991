#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/payload.h"
#include "runtime/ports/tensor_codec.h"

// Between tensors and the bytes that cross a link. Internal to runtime/torch: includes LibTorch.
namespace acceptlab::torch_stage {

// Without a codec the bytes are little-endian float32.
Result<Payload> encode_tensor(const torch::Tensor& values, TensorCodec* codec, TensorId id);

// Returns kCorrupt where `payload` does not hold a tensor of that shape. `id`: the sender's.
Result<torch::Tensor> decode_tensor(const Payload& payload, const std::vector<std::int64_t>& shape,
                                    TensorCodec* codec, TensorId id);

// One byte a sample to int64 [samples]. Returns kCorrupt where the count or a class is wrong.
Result<torch::Tensor> decode_labels(const Payload& payload, int samples, int classes);

// The bytes of a tensor of any element type, row-major.
std::vector<std::uint8_t> tensor_bytes(const torch::Tensor& tensor);

}  // namespace acceptlab::torch_stage
