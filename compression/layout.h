#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/span.h"

// Where codes lie in a message: FORMAT.md, "codes". The plain version, value by value; the kernels
// write the same bytes a block at a time.
namespace acceptlab::compression {

inline constexpr std::size_t kBlock = 512;
inline constexpr std::size_t kLanes = 16;
inline constexpr std::size_t kFieldsOfBlock = kBlock / kLanes;  // codes in a lane of a block

enum class Layout : unsigned char {
  kFields,  // uniform, suq: the codes of a lane one after another
  kPlanes,  // mbq: one word for each plane
};

// Bytes of `count` codes, without the product count * bits, which could overflow.
constexpr std::size_t packed_size(std::size_t count, int bits) {
  const auto k = static_cast<std::size_t>(bits);
  return count / 8 * k + (count % 8 * k + 7) / 8;
}

// The codes of one group. Requires: codes below 2^bits; packed.size() == packed_size().
void pack_group(Layout layout, int bits, Span<const std::uint8_t> codes, Span<std::uint8_t> packed);
void unpack_group(Layout layout, int bits, Span<const std::uint8_t> packed,
                  Span<std::uint8_t> codes);

// The codes behind the last whole block of a group: one stream of bits.
void pack_rest(int bits, Span<const std::uint8_t> codes, Span<std::uint8_t> packed);
void unpack_rest(int bits, Span<const std::uint8_t> packed, Span<std::uint8_t> codes);

// Whether the bits behind the last of `count` codes are 0. Only the last byte of all can have any.
bool padding_is_zero(int bits, std::size_t count, Span<const std::uint8_t> packed);

}  // namespace acceptlab::compression
