#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/base/units.h"

namespace acceptlab {

// Names an encoded tensor, alike at both ends of its link. The random numbers of a stochastic codec
// depend on stream and message alone: together they are unique in a run.
struct TensorId {
  std::uint64_t stream = 0;   // which cut and direction; another one once the cut has moved
  std::uint64_t message = 0;  // which micro-batch of which epoch
  std::int32_t epoch = 0;     // that epoch: what a codec remembers may end with it
};

// One direction of all links: float32 values to the bytes that cross one, and back. A codec may
// remember something from message to message: then both ends see a stream's messages in one order.
class TensorCodec {
 public:
  virtual ~TensorCodec() = default;
  // Size of what encode() makes of `count` values: exact, or the most it can be where the size
  // depends on the values.
  virtual Bytes encoded_size(std::size_t count) const = 0;
  virtual Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) = 0;
  // `id` is that under which the sender encoded. Returns the bytes read; kCorrupt where `bytes` is
  // not an encoding of values.size() values.
  virtual Result<std::size_t> decode(Span<const std::uint8_t> bytes, TensorId id,
                                     Span<float> values) = 0;
  // Nothing of this stream will follow: drops what is remembered of it.
  virtual void forget(std::uint64_t /*stream*/) {}
};

}  // namespace acceptlab
