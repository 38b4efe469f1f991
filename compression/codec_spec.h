#pragma once

#include <string>

#include "runtime/base/result.h"

namespace acceptlab::compression {

enum class Scheme { kNone, kFp16, kUniform, kSuq, kMbq };

// How one direction of a link is encoded.
struct CodecSpec {
  Scheme scheme = Scheme::kNone;
  int bits = 32;     // 1..8 for uniform, suq, mbq
  int group = 1024;  // values that share scales

  // "none", "fp16", "uniform4", "suq4", "mbq4": the name in tables and profiles.
  std::string name() const;
};

// Parses what name() prints. Returns kConfig with what is allowed.
Result<CodecSpec> parse_codec(const std::string& name, int group);

}  // namespace acceptlab::compression
