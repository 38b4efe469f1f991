#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/base/span.h"
#include "runtime/base/units.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace acceptlab::compression {

// When the lossless stage (zstd, level 1) pays: it saves time on the link and costs both ends
// processor time. Given, not measured here, so that equal inputs give equal messages.
struct LosslessRate {
  BitsPerSecond link{0};                // as last measured; 0: unknown, any byte saved counts
  double compress_ns_per_byte = 0.0;    // of the body, on the sending device
  double decompress_ns_per_byte = 0.0;  // likewise on the receiving one
};

// Whether sending `after` bytes in place of `before` is worth the processor time.
bool lossless_pays(const LosslessRate& rate, Bytes before, Bytes after);

// Compresses with memory that is kept from call to call.
class Deflater {
 public:
  Deflater();
  ~Deflater();
  // One zstd frame of `bytes`, valid until the next call; nothing where it would not be smaller.
  std::optional<Span<const std::uint8_t>> deflate(Span<const std::uint8_t> bytes);

 private:
  ZSTD_CCtx_s* const context_;
  std::vector<std::uint8_t> frame_;
};

// The reverse.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  // The content of `frame`, valid until the next call; nothing where it is not exactly one frame
  // with a content of `size` bytes.
  std::optional<Span<const std::uint8_t>> inflate(Span<const std::uint8_t> frame, std::size_t size);

 private:
  ZSTD_DCtx_s* const context_;
  std::vector<std::uint8_t> content_;
};

}  // namespace acceptlab::compression
