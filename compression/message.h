#pragma once

#include <cstddef>
#include <cstdint>

#include "compression/tensor_info.h"
#include "runtime/base/span.h"

// The envelope of an encoded tensor: header, body, checksum, as FORMAT.md lays it out. Reading is
// inspect() of tensor_info.h.
namespace acceptlab::compression {

inline constexpr std::size_t kChecksumBytes = 4;
inline constexpr std::size_t kMaxValues = 0xffffffffU;

constexpr std::size_t header_bytes(int rank) { return 32 + 4 * static_cast<std::size_t>(rank); }
constexpr std::size_t mask_bytes(std::size_t values) { return (values + 7) / 8; }

// Parts of the body of `coded` values, before zstd. Requires: spec.group is filled in.
std::size_t scale_bytes(const CodecSpec& spec, std::size_t coded);
std::size_t code_bytes(const CodecSpec& spec, std::size_t coded);

// Whether one pair of scales serves all groups.
bool has_one_range(const CodecSpec& spec);

// Product of the dimensions; more than kMaxValues where it is too large.
std::size_t value_count(const Shape& shape);

// Writes header and checksum around the body of `body` bytes that is in its place; returns the
// message's size. Requires: info has spec, dtype, shape, coded_values and the two flags.
std::size_t seal_message(const TensorInfo& info, std::size_t body, Span<std::uint8_t> out);

}  // namespace acceptlab::compression
