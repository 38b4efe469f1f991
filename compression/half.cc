#include "compression/half.h"

#include <cstring>

namespace acceptlab::compression {

namespace {

constexpr std::uint32_t kHalfLargest = 0x7bff;

std::uint32_t bits_of(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

float float_of(std::uint32_t bits) {
  float value = 0.0F;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// value / 2^shift, to nearest, ties to even. Requires: 1 <= shift <= 31.
std::uint32_t shift_rounded(std::uint32_t value, int shift) {
  const std::uint32_t half_way = 1U << (shift - 1);
  const std::uint32_t rest = value & ((1U << shift) - 1);
  const std::uint32_t floor = value >> shift;
  const bool up = rest > half_way || (rest == half_way && (floor & 1) != 0);
  return floor + (up ? 1 : 0);
}

}  // namespace

std::uint16_t to_half(float value) {
  const std::uint32_t bits = bits_of(value);
  const std::uint32_t sign = bits >> 16 & 0x8000;
  const int exponent = static_cast<int>(bits >> 23 & 0xff) - 127;
  std::uint32_t magnitude = 0;
  if (exponent >= -14) {
    // Normal: rebias the exponent; a mantissa that rounds up carries into it, as it should.
    const std::uint32_t rebiased = (bits & 0x7fffffff) - (std::uint32_t{127 - 15} << 23);
    magnitude = exponent > 15 ? kHalfLargest + 1 : shift_rounded(rebiased, 13);
  } else if (exponent >= -25) {
    // Subnormal: a multiple of 2^-24, from the 24-bit significand scaled by 2^(exponent - 23).
    const std::uint32_t significand = (bits & 0x7fffff) | 0x800000;
    magnitude = shift_rounded(significand, -1 - exponent);
  }
  if (magnitude > kHalfLargest) magnitude = kHalfLargest;
  return static_cast<std::uint16_t>(sign | magnitude);
}

float from_half(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16;
  const std::uint32_t exponent = half >> 10 & 0x1f;
  const std::uint32_t mantissa = half & 0x3ff;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1.0p-24F;
    return float_of(sign | bits_of(magnitude));
  }
  const std::uint32_t biased = exponent == 0x1f ? 0xff : exponent + 127 - 15;
  return float_of(sign | biased << 23 | mantissa << 13);
}

}  // namespace acceptlab::compression
