#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/span.h"

namespace acceptlab::compression {

// CRC-32C (Castagnoli), as in iSCSI: that of "123456789" is e3069283.
std::uint32_t crc32c(Span<const std::uint8_t> bytes);

// A CRC can be put together from remainders: bytes are a polynomial over bits, the first bit of a
// byte (its lowest) the highest power, and what is left of it modulo the CRC's polynomial is 32
// bits in the same order. `before` is the remainder of what comes before `bytes`.
std::uint32_t remainder32c(Span<const std::uint8_t> bytes, std::uint32_t before);

// The last bytes of a message, when their remainder is known.
struct ReducedBytes {
  std::size_t count = 0;
  std::uint32_t remainder = 0;
};
// CRC-32C of `front` and the bytes behind it.
std::uint32_t crc32c(Span<const std::uint8_t> front, const ReducedBytes& back);

inline constexpr std::uint32_t kCrcPolynomial = 0x82f63b78U;

// `remainder` times x.
constexpr std::uint32_t times_x(std::uint32_t remainder) {
  return remainder >> 1 ^ (kCrcPolynomial & (0U - (remainder & 1U)));
}
constexpr std::uint32_t power_of_x(int exponent) {
  std::uint32_t power = 0x80000000U;
  for (int i = 0; i < exponent; ++i) power = times_x(power);
  return power;
}

}  // namespace acceptlab::compression
