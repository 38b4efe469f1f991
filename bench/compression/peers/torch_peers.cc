// What LibTorch itself offers, on one thread.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/dequantize.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/quantize_per_tensor.h>

#include <memory>

#include "bench/compression/error_measures.h"
#include "bench/compression/peers/peer.h"

namespace acceptlab::codec_bench {
namespace {

at::Tensor tensor_over(float* values, std::size_t count) {
  return at::from_blob(values, {static_cast<std::int64_t>(count)}, at::kFloat);
}

at::Tensor tensor_over(Span<const float> values) {
  return tensor_over(const_cast<float*>(values.data()), values.size());
}

// Into a tensor that is there: at 64 MiB a new one costs 25 times the cast.
class TorchHalf final : public Coder {
 public:
  TorchHalf() { at::set_num_threads(1); }
  std::size_t encode(Span<const float> values) override {
    const at::Tensor tensor = tensor_over(values);
    if (message_.defined()) {
      message_.copy_(tensor);
    } else {
      message_ = tensor.to(at::kHalf);
    }
    return message_.nbytes();
  }
  void decode(Span<float> values) override {
    tensor_over(values.data(), values.size()).copy_(message_);
  }
  bool is_sane(Span<const float> values, Span<const float> decoded) const override {
    return snr_db(values, decoded) > 60.0;
  }

 private:
  at::Tensor message_;
};

// One byte a value. The scale of the whole tensor is given, so its range need not be found; torch
// makes a new tensor each time, for it cannot do otherwise.
class TorchQuantize final : public Coder {
 public:
  TorchQuantize() { at::set_num_threads(1); }
  std::size_t encode(Span<const float> values) override {
    if (scale_ == 0.0) fit(values);
    message_ = at::quantize_per_tensor(tensor_over(values), scale_, zero_point_, at::kQUInt8);
    return message_.nbytes();
  }
  void decode(Span<float> values) override {
    tensor_over(values.data(), values.size()).copy_(at::dequantize(message_));
  }
  bool is_sane(Span<const float> values, Span<const float> decoded) const override {
    return largest_error(values, decoded) <= 1.01 * scale_;
  }

 private:
  void fit(Span<const float> values) {
    scale_ = range_of(values) / 255.0;
    const float low = *std::min_element(values.begin(), values.end());
    zero_point_ = static_cast<std::int64_t>(-low / scale_ + 0.5);
  }

  double scale_ = 0.0;
  std::int64_t zero_point_ = 0;
  at::Tensor message_;
};

const PeerRegistration kHalf({"torch-fp16", "fp16", [] { return std::make_unique<TorchHalf>(); }});
const PeerRegistration kQuantize({"torch-quantize8", "uniform8",
                                  [] { return std::make_unique<TorchQuantize>(); }});

}  // namespace
}  // namespace acceptlab::codec_bench
