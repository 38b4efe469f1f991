#pragma once

#include <cstddef>

#include "runtime/base/span.h"

namespace acceptlab::codec_bench {

// Makes a message of floats and floats of the message, which it keeps: our codec or a peer.
class Coder {
 public:
  virtual ~Coder() = default;
  // Returns the bytes of the message.
  virtual std::size_t encode(Span<const float> values) = 0;
  // Requires: values.size() is that of the last encode().
  virtual void decode(Span<float> values) = 0;
  // Whether `decoded` may come of `values`: tells a working coder from a broken one, no more.
  virtual bool is_sane(Span<const float> values, Span<const float> decoded) const = 0;
};

}  // namespace acceptlab::codec_bench
