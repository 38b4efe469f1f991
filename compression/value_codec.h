#pragma once

#include "compression/codec_spec.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab::compression {

// Codes each value by itself: `none` (float32, exact) and `fp16` (nearest half; see half.h).
class ValueCodec final : public TensorCodec {
 public:
  // Requires: the spec is good and its scheme is one of the two.
  explicit ValueCodec(const CodecSpec& spec);

  Bytes encoded_size(std::size_t count) const override;
  Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) override;
  // On an error, what `values` holds is unspecified.
  Result<std::size_t> decode(Span<const std::uint8_t> bytes, Span<float> values) override;

 private:
  const CodecSpec spec_;
};

}  // namespace acceptlab::compression
