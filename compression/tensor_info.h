#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "compression/codec_spec.h"
#include "runtime/base/result.h"
#include "runtime/base/span.h"

namespace acceptlab::compression {

// Element type of the tensor before it was encoded; a message is decoded to float32 either way.
enum class DType : unsigned char { kFloat32 = 0, kFloat16 = 1 };

inline constexpr int kMaxRank = 8;

// Dimensions of a tensor, row-major. Rank 0 is a scalar: one value.
struct Shape {
  int rank = 0;
  std::array<std::uint32_t, kMaxRank> dims{};

  static Shape vector(std::size_t count) { return {1, {static_cast<std::uint32_t>(count)}}; }
  std::string to_string() const;  // "(8, 32, 4, 4)"
};

// What the header of a message says.
struct TensorInfo {
  CodecSpec spec;  // scheme, bits, group, offset; known range without its ends; see has_zero_mask
  DType dtype = DType::kFloat32;
  Shape shape;
  std::size_t values = 0;        // product of the shape
  std::size_t coded_values = 0;  // of them behind the zero mask; all where there is none
  bool has_zero_mask = false;
  bool is_deflated = false;  // the body is a zstd frame
  std::size_t header_bytes = 0;
  std::size_t scale_bytes = 0;  // of the body before zstd
  std::size_t code_bytes = 0;
  std::size_t mask_bytes = 0;
  std::size_t message_bytes = 0;  // of the whole message
};

// What a decoder believes of bytes from a stranger.
struct DecodeLimits {
  std::size_t max_values = std::size_t{1} << 28;  // 1 GiB of float32
};

// Reads the header and checks everything about `bytes` but the meaning of the body: magic, version,
// every field, the size and the checksum. Never reads outside `bytes`; allocates nothing on their
// account. Returns kUnsupported on another version of the format, kCorrupt on all else.
Result<TensorInfo> inspect(Span<const std::uint8_t> bytes, const DecodeLimits& limits = {});

}  // namespace acceptlab::compression
