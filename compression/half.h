#pragma once

#include <cstdint>

namespace acceptlab::compression {

// IEEE 754 binary16, as its bits. Rounds to nearest, ties to even; subnormals are kept. What would
// round beyond the largest finite half, 65504, becomes +-65504: a lossy codec clips, it does not
// make infinities. Requires: value is finite.
std::uint16_t to_half(float value);

// Exact. Infinity and NaN give infinity and NaN.
float from_half(std::uint16_t half);

// Neither infinity nor NaN.
constexpr bool is_finite_half(std::uint16_t half) { return (half & 0x7c00U) != 0x7c00U; }

}  // namespace acceptlab::compression
