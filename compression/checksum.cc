#include "compression/checksum.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <limits>

namespace acceptlab::compression {

namespace {

// The library's AVX-512 version leaves the upper halves of the vector registers in use: SSE code
// then runs at half its speed until they are cleared.
#if defined(__x86_64__)
__attribute__((target("avx"))) void clear_upper_halves() { __builtin_ia32_vzeroupper(); }
bool has_upper_halves() { return __builtin_cpu_supports("avx") != 0; }
#else
void clear_upper_halves() {}
bool has_upper_halves() { return false; }
#endif

// Without branches, which would be mispredicted: it weighs in small messages.
constexpr std::uint32_t multiply(std::uint32_t a, std::uint32_t b) {
  std::uint32_t product = 0;
  for (; a != 0; a <<= 1, b = times_x(b)) product ^= b & (0U - (a >> 31));
  return product;
}

// x^8, x^16, x^32, ...: what 1, 2, 4, ... bytes behind a remainder multiply it by.
constexpr auto kPowers = [] {
  std::array<std::uint32_t, std::numeric_limits<std::size_t>::digits> powers{power_of_x(8)};
  for (std::size_t i = 1; i < powers.size(); ++i) {
    powers[i] = multiply(powers[i - 1], powers[i - 1]);
  }
  return powers;
}();

std::uint32_t moved(std::uint32_t remainder, std::size_t bytes) {
  for (std::size_t i = 0; bytes >> i != 0; ++i) {
    if ((bytes >> i & 1) != 0) remainder = multiply(kPowers[i], remainder);
  }
  return remainder;
}

}  // namespace

std::uint32_t remainder32c(Span<const std::uint8_t> bytes, std::uint32_t before) {
  constexpr std::size_t part_size = std::size_t{1} << 30;  // the library counts in int
  for (std::size_t done = 0; done < bytes.size(); done += part_size) {
    const std::size_t size = std::min(part_size, bytes.size() - done);
    // It only reads, though its parameter is not const.
    auto* part = const_cast<unsigned char*>(bytes.data() + done);
    before = crc32_iscsi(part, static_cast<int>(size), before);
  }
  if (has_upper_halves()) clear_upper_halves();
  return before;
}

std::uint32_t crc32c(Span<const std::uint8_t> bytes) { return crc32c(bytes, {}); }

std::uint32_t crc32c(Span<const std::uint8_t> front, const ReducedBytes& back) {
  const std::uint32_t remainder = remainder32c(front, 0xffffffffU);
  return ~(moved(remainder, back.count) ^ back.remainder);
}

}  // namespace acceptlab::compression
