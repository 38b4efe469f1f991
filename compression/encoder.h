#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "compression/codec_spec.h"
#include "compression/lossless.h"
#include "compression/tensor_info.h"
#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab::compression {

// What to do with values that are NaN, infinite or, where scales are made of them, beyond
// kMaxMagnitude.
enum class NonFinite : unsigned char {
  kError,    // refuse the tensor: training has diverged
  kReplace,  // NaN becomes 0, the others the largest value of their sign that can be encoded
};

// Makes messages of tensors. After the first tensors of a size it allocates nothing, except where
// the plain version stands in for a kernel: groups that are no multiple of 512 (suq and uniform),
// and processors without vectors. One thread at a time: it keeps scratch memory.
class Encoder {
 public:
  // `seed` is that of suq's random numbers. Requires: check_spec(spec) has no error.
  explicit Encoder(const CodecSpec& spec, std::uint64_t seed = 0);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;

  const CodecSpec& spec() const;
  void set_non_finite(NonFinite policy);
  // Where spec().lossless: when zstd pays. Without it zstd is used whenever it saves bytes.
  void set_link(const LosslessRate& link);

  // The most bytes that encode() makes of so many values in that many dimensions; exactly what it
  // makes where neither zeros nor lossless is on. Requires: count <= 2^32 - 1, rank <= kMaxRank.
  std::size_t bound(std::size_t count, int rank = 1) const;

  // Writes the message to the front of `out` and returns its size. Returns kUnsupported, naming the
  // first value at fault, where NonFinite::kError forbids one.
  // Requires: out.size() >= bound(); the shape has as many values.
  Result<std::size_t> encode(Span<const float> values, const Shape& shape, TensorId id,
                             Span<std::uint8_t> out, DType dtype = DType::kFloat32);
  // The same into a vector of the message's size.
  Result<std::vector<std::uint8_t>> encode(Span<const float> values, const Shape& shape,
                                           TensorId id, DType dtype = DType::kFloat32);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acceptlab::compression
