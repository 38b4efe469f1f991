#pragma once

#include <optional>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::compression {

// The numbers are those of the wire format.
enum class Scheme : unsigned char {
  kNone = 0,     // float32 as it is
  kFp16 = 1,     // half precision
  kUniform = 2,  // even levels over a range, nearest
  kSuq = 3,      // the same levels, rounded up or down at random: unbiased
  kMbq = 4,      // offset and scaled sign planes, fitted to the group
};

// How mbq finds scales and signs; from the cheapest to the most accurate.
enum class Fit : unsigned char {
  kGreedy,       // each plane fits what the planes before it left
  kRefined,      // signs of a clipped uniform quantizer, then one least-squares fit of the scales
  kAlternating,  // from the refined fit: nearest levels and least squares in turns
};

// Where the levels of uniform and suq lie.
enum class Range : unsigned char {
  kMinMax,  // from a group's minimum to its maximum
  kClip,    // at most a few root mean squares from zero: finer steps, clipped tails (biased)
  kKnown,   // from `low` to `high` in every group: no scales are sent; values beyond are clipped
};

inline constexpr int kMaxBits = 8;
inline constexpr int kMaxGroup = 1 << 20;
inline constexpr int kMaxCycles = 100;

// How one tensor is encoded. Fields that a scheme does not use are of no effect and not checked.
struct CodecSpec {
  Scheme scheme = Scheme::kNone;
  int bits = 32;       // 1..8 for uniform, suq, mbq; 32 for none, 16 for fp16
  int group = 0;       // values that share scales: a multiple of 8 up to kMaxGroup; 0: group_of()
  bool offset = true;  // mbq: fit around the group's mean; false: around 0
  Fit fit = Fit::kRefined;
  int cycles = 3;  // of Fit::kAlternating, 1..kMaxCycles
  Range range = Range::kMinMax;
  float low = 0.0F;  // of Range::kKnown; low < high, both at most kMaxMagnitude
  float high = 6.0F;
  bool zeros = false;     // a bit mask of exact zeros in front, where that saves bytes
  bool lossless = false;  // zstd over the body, where it pays: see lossless.h

  // Name in tables, profiles and scenarios: the scheme, its bits, and what differs from the
  // defaults: "none", "suq4", "mbq4-greedy-no-offset", "suq2-clip-zeros", "uniform4-relu6-zstd",
  // "suq4-range(-1:1)". The group is not part of it.
  std::string name() const;
};

// Values beyond it cannot be quantized: their sums would leave float32.
inline constexpr float kMaxMagnitude = 0x1.0p100F;
// A group whose values lie closer together than this counts as equal: they decode to the lowest.
inline constexpr float kMinRange = 0x1.0p-100F;

// The group a codec works with: spec.group, or where that is 0 the default: the smallest power of
// two from 1,024 on at which the scales cost at most 0.07 bits a value. 0 for none and fp16.
int group_of(const CodecSpec& spec);

// float32 scales that each group sends: 2 (low, step) for uniform and suq, none for a known range;
// the offset and `bits` alphas for mbq.
int scales_per_group(const CodecSpec& spec);

bool is_quantizing(Scheme scheme);  // uniform, suq, mbq
const char* to_string(Scheme scheme);
const char* to_string(Fit fit);
const char* to_string(Range range);

// Sensible codecs by direction: activations are one-sided and forgiving, gradients are centred on
// zero and must stay unbiased. Requires: 1 <= bits <= 8.
CodecSpec default_for_activations(int bits);
CodecSpec default_for_gradients(int bits);

// Parses what name() prints, in any order of its parts. Returns kConfig with what is allowed.
Result<CodecSpec> parse_codec(const std::string& name, int group = 0);

// One sentence on the names that parse_codec takes, for help and errors.
extern const char* const kCodecNameHelp;

// Why a codec cannot be made of it: a kConfig error; nothing where it can.
std::optional<Error> check_spec(const CodecSpec& spec);

}  // namespace acceptlab::compression
