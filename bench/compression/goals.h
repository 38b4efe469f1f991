#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace acceptlab::codec_bench {

enum class Operation { kEncode, kDecode };

const char* to_string(Operation operation);

// How fast a codec should be beside memcpy, memset or a peer. A goal unset is a number wanted for
// information.
struct Goal {
  std::string codec;
  Operation operation = Operation::kEncode;
  std::string reference;  // a memory work (sides.h) or a peer
  std::size_t values = 0;
  std::optional<double> avx512 = {};
  std::optional<double> avx2 = {};

  // That of a SIMD target, by Highway's name.
  std::optional<double> of(const std::string& simd_target) const;
};

std::vector<Goal> goals();

}  // namespace acceptlab::codec_bench
