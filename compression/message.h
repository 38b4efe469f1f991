#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "compression/checksum.h"
#include "compression/tensor_info.h"
#include "runtime/base/span.h"

// The envelope of an encoded tensor: header, body, checksum, as FORMAT.md lays it out.
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

// Writes header and checksum around the body of `body` bytes that is in its place, the last of them
// `reduced` already; returns the message's size. Requires: info has spec, dtype, shape,
// coded_values and the two flags.
std::size_t seal_message(const TensorInfo& info, std::size_t body, const ReducedBytes& reduced,
                         Span<std::uint8_t> out);

// The two halves of inspect() in tensor_info.h, whose errors they return. check_checksum() requires
// bytes that read_header() took, the last of their body `reduced` already.
Result<TensorInfo> read_header(Span<const std::uint8_t> bytes, const DecodeLimits& limits);
std::optional<Error> check_checksum(Span<const std::uint8_t> bytes, const ReducedBytes& reduced);

}  // namespace acceptlab::compression
