#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "compression/group_math.h"
#include "compression/noise.h"
#include "runtime/base/span.h"

// What happens to one value: the steps of reference.cc, and of the kernels behind the last whole
// block of a group.
namespace acceptlab::compression {

inline constexpr float kRoundToInteger = 0x1.0p23F;  // adding it leaves the nearest integer

// The integer nearest to t, ties to even. Requires: 0 <= t < 2^23.
inline std::uint32_t nearest_integer(float t) { return bits_of(t + kRoundToInteger) & 0x7fffffU; }

// Whether no value is NaN or of a larger magnitude.
inline constexpr float kLargestFloat = std::numeric_limits<float>::max();
inline bool all_encodable(Span<const float> values, float largest = kMaxMagnitude) {
  bool good = true;
  for (const float value : values) good &= std::fabs(value) <= largest;
  return good;
}

inline float clamped(float t, float highest) {
  const float above = t > 0.0F ? t : 0.0F;
  return above < highest ? above : highest;
}

// Code of `value`: its position, plus noise below one step or half a step, rounded down. Whatever
// is beyond the highest position has its code.
inline constexpr std::uint32_t kMaxPosition = 0xffff;
inline std::uint8_t uniform_code(float value, const UniformScale& scale, int bits,
                                 std::uint32_t noise) {
  const float t = (value - scale.low) * scale.inverse;
  const std::uint32_t position = nearest_integer(clamped(t, kMaxPosition)) + noise;
  return static_cast<std::uint8_t>(std::min(position, kMaxPosition) >> fraction_bits(bits));
}
inline std::uint32_t rounding_noise(const NoiseKey& key, std::uint64_t index, int bits) {
  return noise16(key, index) >> bits;
}
constexpr std::uint32_t half_step(int bits) { return 1U << (fraction_bits(bits) - 1); }

// Fixed point of Fit::kGreedy: group_math.h.
inline int fixed_magnitude(float residual, float scale) {
  return static_cast<int>(nearest_integer(std::fabs(residual) * scale));
}
// Plane `plane` from 1 on has the sign of the plane before it, turned or not.
inline std::uint8_t push_plane(unsigned code, int plane, bool turned) {
  const unsigned sign = (code >> (plane - 1) & 1U) ^ (turned ? 1U : 0U);
  return static_cast<std::uint8_t>(code | sign << plane);
}

// Code of the refined fit's start: ClipScale in group_math.h.
inline constexpr float kMostStart = 0x1.fffffep30F;  // the largest float below 2^31
inline std::uint8_t start_code(float residual, const ClipScale& scale, int bits) {
  const float t = residual * scale.scale;
  const auto least = std::numeric_limits<std::int32_t>::min();
  const auto fixed = t > -0x1.0p31F
                         ? static_cast<std::int32_t>(std::lrint(t < kMostStart ? t : kMostStart))
                         : least;
  const std::uint32_t level = static_cast<std::uint32_t>(fixed) ^ 0x80000000U;
  unsigned code = 0;
  for (int i = 0; i < bits; ++i) code |= (level >> (31 - i) & 1U) << i;
  return static_cast<std::uint8_t>(code);
}

}  // namespace acceptlab::compression
