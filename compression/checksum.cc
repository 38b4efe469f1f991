#include "compression/checksum.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <cstddef>

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

}  // namespace

std::uint32_t crc32c(Span<const std::uint8_t> bytes) {
  constexpr std::size_t part_size = std::size_t{1} << 30;  // the library counts in int
  std::uint32_t crc = 0xffffffffU;
  for (std::size_t done = 0; done < bytes.size(); done += part_size) {
    const std::size_t size = std::min(part_size, bytes.size() - done);
    // It only reads, though its parameter is not const.
    auto* part = const_cast<unsigned char*>(bytes.data() + done);
    crc = crc32_iscsi(part, static_cast<int>(size), crc);
  }
  if (has_upper_halves()) clear_upper_halves();
  return ~crc;
}

}  // namespace acceptlab::compression
