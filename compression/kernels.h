#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compression/checksum.h"
#include "compression/codec_spec.h"
#include "compression/noise.h"
#include "runtime/base/span.h"

// The loops over whole tensors: vectorised with Highway for several instruction sets, the best one
// of this processor chosen at the first call (simd_target.h). All give the same bytes and the same
// floats as the plain versions in reference.h. Scales and codes are as in FORMAT.md; no pointer
// needs any alignment. While the codes are at hand, those of this page for quantized values reduce
// them for the checksum, if asked to; the plain versions do not, and leave 0 bytes.
namespace acceptlab::compression {

// What the plain version of mbq works on, one group at a time.
struct PlainScratch {
  std::vector<float> residual;
  std::vector<std::uint8_t> codes;
};

struct EncodeJob {
  CodecSpec spec;  // good, its group filled in
  Span<const float> values;
  NoiseKey noise;                         // of suq
  Span<std::uint8_t> scales;              // room for all scales
  Span<std::uint8_t> codes;               // packed_size() bytes
  Span<std::int16_t> scratch;             // of mbq: a group
  PlainScratch* plain_scratch = nullptr;  // kept from job to job; without it each makes its own
  ReducedBytes* reduced = nullptr;        // where to leave the remainder of the codes
};

// False where a value is NaN, infinite or, but for a known range, beyond kMaxMagnitude; what was
// written is then unspecified. The one pair of scales of Range::kKnown is left to the caller.
bool encode_uniform(const EncodeJob& job);  // uniform and suq
bool encode_planes(const EncodeJob& job);   // mbq, but Fit::kAlternating

struct DecodeJob {
  CodecSpec spec;  // good, its group filled in
  Span<const std::uint8_t> scales;
  Span<const std::uint8_t> codes;
  Span<float> values;
  ReducedBytes* reduced = nullptr;  // where to leave the remainder of the codes
};

// False where a scale is not plausible (group_math.h); the values are then unspecified.
bool decode_uniform(const DecodeJob& job);
bool decode_planes(const DecodeJob& job);

// Half precision: half.h says how it rounds. Requires for narrow(): finite values.
void narrow(Span<const float> values, Span<std::uint8_t> halves);
void widen(Span<const std::uint8_t> halves, Span<float> values);

// Whether no value is NaN or infinite.
bool all_finite(Span<const float> values);
// How many values are +0 or -0.
std::size_t count_zeros(Span<const float> values);
// Sets bit i of `mask` where value i is not 0 and writes those values one after another; returns
// how many. `mask` has ceil(n / 8) bytes; `kept` room for 16 values more than are kept.
std::size_t split_zeros(Span<const float> values, Span<std::uint8_t> mask, Span<float> kept);
// The other way round: the next of the `kept` values where `mask` has a 1, else +0. Requires: 16
// floats more can be read than the mask has ones.
void merge_zeros(Span<const std::uint8_t> mask, const float* kept, Span<float> values);

}  // namespace acceptlab::compression
