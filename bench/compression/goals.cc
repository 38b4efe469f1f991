#include "bench/compression/goals.h"

#include "bench/compression/inputs.h"

namespace acceptlab::codec_bench {

namespace {

constexpr auto kEncode = Operation::kEncode;
constexpr auto kDecode = Operation::kDecode;

// Fractions of memcpy, 4 MiB.
std::vector<Goal> encode_goals() {
  return {
      {"suq1", kEncode, "memcpy", kHotValues, 1.0, 0.65},
      {"suq2", kEncode, "memcpy", kHotValues, 1.0, 0.65},
      {"suq3", kEncode, "memcpy", kHotValues, 0.8, 0.5},
      {"suq4", kEncode, "memcpy", kHotValues, 1.0, 0.65},
      {"suq5", kEncode, "memcpy", kHotValues, 0.8, 0.5},
      {"suq6", kEncode, "memcpy", kHotValues, 0.8, 0.5},
      {"suq7", kEncode, "memcpy", kHotValues, 0.8, 0.5},
      {"suq8", kEncode, "memcpy", kHotValues, 1.0, 0.65},
      {"suq4-relu6", kEncode, "memcpy", kHotValues, 1.35},
      {"mbq1-greedy", kEncode, "memcpy", kHotValues, 1.5},
      {"mbq2-greedy", kEncode, "memcpy", kHotValues, 0.95},
      {"mbq4-greedy", kEncode, "memcpy", kHotValues, 0.68},
      {"mbq8-greedy", kEncode, "memcpy", kHotValues, 0.28},
      {"mbq4", kEncode, "memcpy", kHotValues, 0.5},
      {"fp16", kEncode, "memcpy", kHotValues},
      {"uniform4", kEncode, "memcpy", kHotValues},
      {"suq4-clip", kEncode, "memcpy", kHotValues},
      {"mbq2", kEncode, "memcpy", kHotValues},
      {"mbq8", kEncode, "memcpy", kHotValues},
      {"mbq4-alternating3", kEncode, "memcpy", kHotValues},
      {"suq4-zeros", kEncode, "memcpy", kHotValues},
  };
}

// Fractions of memset or of plain stores, 4 MiB.
std::vector<Goal> decode_goals(const std::string& fill) {
  return {
      {"suq1", kDecode, fill, kHotValues, 0.8},  {"suq2", kDecode, fill, kHotValues, 0.8},
      {"suq3", kDecode, fill, kHotValues, 0.8},  {"suq4", kDecode, fill, kHotValues, 0.8},
      {"suq8", kDecode, fill, kHotValues, 0.7},  {"mbq1", kDecode, fill, kHotValues, 0.62},
      {"mbq2", kDecode, fill, kHotValues, 0.62}, {"mbq3", kDecode, fill, kHotValues, 0.62},
      {"mbq4", kDecode, fill, kHotValues, 0.62}, {"mbq8", kDecode, fill, kHotValues},
      {"fp16", kDecode, fill, kHotValues},       {"suq4-zeros", kDecode, fill, kHotValues},
  };
}

std::vector<Goal> other_goals() {
  return {
      {"suq4", kEncode, "memcpy", kColdValues, 1.5},
      {"suq4", kDecode, "memcpy", kColdValues, 2.3},
      {"suq4", kEncode, "scalar-suq4", kHotValues, 30.0},
  };
}

}  // namespace

const char* to_string(Operation operation) {
  return operation == Operation::kEncode ? "encode" : "decode";
}

std::optional<double> Goal::of(const std::string& simd_target) const {
  if (simd_target.rfind("AVX3", 0) == 0) return avx512;
  if (simd_target == "AVX2") return avx2;
  return std::nullopt;
}

std::vector<Goal> goals() {
  std::vector<Goal> all = encode_goals();
  for (const auto& more : {decode_goals("memset"), decode_goals("store-fill"), other_goals()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace acceptlab::codec_bench
