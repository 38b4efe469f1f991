#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "compression/tensor_info.h"
#include "runtime/base/result.h"
#include "runtime/base/span.h"

namespace acceptlab::compression {

// Makes tensors of messages, which say themselves how they are encoded. After the first messages of
// a size it allocates nothing. One thread at a time: it keeps scratch memory.
class Decoder {
 public:
  explicit Decoder(const DecodeLimits& limits = {});
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // Fills `values` and returns what the message says of itself. Returns kCorrupt where `bytes` is
  // not a message of exactly values.size() values, kUnsupported on another version of the format;
  // what `values` holds is then unspecified. Every decoded value is finite. Never reads outside
  // `bytes`; scratch memory is at most 4 * values.size() bytes and the size of the body.
  Result<TensorInfo> decode(Span<const std::uint8_t> bytes, Span<float> values);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acceptlab::compression
