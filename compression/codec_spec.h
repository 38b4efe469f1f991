#pragma once

#include <optional>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::compression {

// The numbers are those of the wire format.
enum class Scheme : unsigned char {
  kNone = 0,     // float32 as it is
  kFp16 = 1,     // half precision
  kUniform = 2,  // even levels between a group's minimum and maximum, nearest
  kSuq = 3,      // the same levels, rounded up or down at random: unbiased
  kMbq = 4,      // sum of scaled signs, fitted to the group
};

inline constexpr int kMaxBits = 8;
inline constexpr int kMaxGroup = 1 << 20;

// How one direction of a link is encoded.
struct CodecSpec {
  Scheme scheme = Scheme::kNone;
  int bits = 32;       // 1..8 for uniform, suq, mbq; 32 for none, 16 for fp16
  int group = 1024;    // values that share scales, 1..kMaxGroup; of no effect on none and fp16
  bool offset = true;  // mbq only: fit around the group's mean; false: around 0

  // "none", "fp16", "uniform4", "suq4", "mbq4", "mbq4-no-offset": the name in tables and profiles.
  std::string name() const;
};

// Parses what name() prints. Returns kConfig with what is allowed.
Result<CodecSpec> parse_codec(const std::string& name, int group);

// Why a codec cannot be made of it: a kConfig error; nothing where it can.
std::optional<Error> check_spec(const CodecSpec& spec);

}  // namespace acceptlab::compression
