#include "runtime/torch/tensor_bytes.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace acceptlab::torch_stage {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "payloads are little-endian");

Span<float> floats(const torch::Tensor& tensor) {
  ACCEPTLAB_CHECK(tensor.is_contiguous() && tensor.scalar_type() == torch::kFloat32);
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

Result<std::size_t> copy_raw(Span<const std::uint8_t> bytes, Span<float> values) {
  if (bytes.size() != values.size() * sizeof(float)) {
    return Error{ErrorKind::kCorrupt, std::to_string(bytes.size()) + " bytes where " +
                                          std::to_string(values.size()) + " float32 belong"};
  }
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace

std::vector<std::uint8_t> tensor_bytes(const torch::Tensor& tensor) {
  const torch::Tensor contiguous = tensor.detach().contiguous();
  const auto* begin = static_cast<const std::uint8_t*>(contiguous.data_ptr());
  return {begin, begin + contiguous.nbytes()};
}

Result<Payload> encode_tensor(const torch::Tensor& values, TensorCodec* codec, TensorId id) {
  if (codec == nullptr) return Payload::of(tensor_bytes(values));
  const torch::Tensor contiguous = values.detach().contiguous();
  Result<std::vector<std::uint8_t>> encoded =
      codec->encode(Span<const float>(floats(contiguous)), id);
  if (!encoded) return encoded.error();
  return Payload::of(std::move(encoded).value());
}

Result<torch::Tensor> decode_tensor(const Payload& payload, const std::vector<std::int64_t>& shape,
                                    TensorCodec* codec, TensorId id) {
  torch::Tensor values = torch::empty(shape, torch::kFloat32);
  const Result<std::size_t> read = codec == nullptr
                                       ? copy_raw(payload.bytes(), floats(values))
                                       : codec->decode(payload.bytes(), id, floats(values));
  if (!read) return read.error();
  return values;
}

Result<torch::Tensor> decode_labels(const Payload& payload, int samples, int classes) {
  const Span<const std::uint8_t> bytes = payload.bytes();
  if (bytes.size() != static_cast<std::size_t>(samples)) {
    return Error{ErrorKind::kCorrupt, std::to_string(bytes.size()) + " labels for " +
                                          std::to_string(samples) + " samples"};
  }
  torch::Tensor labels = torch::empty({samples}, torch::kInt64);
  std::copy(bytes.begin(), bytes.end(), labels.data_ptr<std::int64_t>());
  if (samples > 0 && *std::max_element(bytes.begin(), bytes.end()) >= classes) {
    return Error{ErrorKind::kCorrupt,
                 "a label is not below " + std::to_string(classes) + ", the model's classes"};
  }
  return labels;
}

}  // namespace acceptlab::torch_stage
