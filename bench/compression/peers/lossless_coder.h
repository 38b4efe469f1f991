#pragma once

#include <cstring>

#include "bench/compression/coder.h"

namespace acceptlab::codec_bench {

// A coder that gives back what it got.
class LosslessCoder : public Coder {
 public:
  bool is_sane(Span<const float> values, Span<const float> decoded) const final {
    return std::memcmp(values.data(), decoded.data(), values.size() * sizeof(float)) == 0;
  }
};

}  // namespace acceptlab::codec_bench
