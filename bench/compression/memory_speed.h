#pragma once

#include "runtime/base/span.h"

namespace acceptlab::codec_bench {

// What any codec must at least do with memory, in the SIMD target in use.
// Requires: a multiple of 1,024 values, at a cache line.
float read_sum(Span<const float> values);
float min_max(Span<const float> values);  // maximum - minimum
void store_fill(Span<float> values);
void stream_fill(Span<float> values);  // with stores that pass the caches by

}  // namespace acceptlab::codec_bench
