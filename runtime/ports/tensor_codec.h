#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/base/units.h"

namespace acceptlab {

// Names the tensor being encoded; the random numbers of a stochastic codec depend on it alone.
struct TensorId {
  std::uint64_t stream = 0;   // which cut and direction
  std::uint64_t message = 0;  // which micro-batch of which epoch
};

// One direction of one link: float32 values to the bytes that cross it, and back.
class TensorCodec {
 public:
  virtual ~TensorCodec() = default;
  // Exact size of what encode() makes of `count` values.
  virtual Bytes encoded_size(std::size_t count) const = 0;
  virtual Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) = 0;
  // Returns kCorrupt where `bytes` is not an encoding of values.size() values.
  virtual Result<std::size_t> decode(Span<const std::uint8_t> bytes, Span<float> values) = 0;
};

}  // namespace acceptlab
