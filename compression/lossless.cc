#include "compression/lossless.h"

#include <zstd.h>

#include <algorithm>
#include <iterator>

#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {
constexpr int kLevel = 1;

// Tells a frame from one that decoders skip.
bool begins_frame(Span<const std::uint8_t> bytes) {
  constexpr std::uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};
  return bytes.size() >= sizeof magic &&
         std::equal(std::begin(magic), std::end(magic), bytes.begin());
}

}  // namespace

bool lossless_pays(const LosslessRate& rate, Bytes before, Bytes after) {
  if (after >= before) return false;
  if (rate.link.count() <= 0) return true;
  const double saved_ns =
      static_cast<double>((before - after).count()) * 8e9 / static_cast<double>(rate.link.count());
  const double ns_per_byte = rate.compress_ns_per_byte + rate.decompress_ns_per_byte;
  return saved_ns > ns_per_byte * static_cast<double>(before.count());
}

Deflater::Deflater() : context_(ZSTD_createCCtx()) { ACCEPTLAB_CHECK(context_ != nullptr); }
Deflater::~Deflater() { ZSTD_freeCCtx(context_); }

std::optional<Span<const std::uint8_t>> Deflater::deflate(Span<const std::uint8_t> bytes) {
  const std::size_t bound = ZSTD_compressBound(bytes.size());
  if (frame_.size() < bound) frame_.resize(bound);
  const std::size_t size =
      ZSTD_compressCCtx(context_, frame_.data(), frame_.size(), bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size) != 0 || size >= bytes.size()) return std::nullopt;
  return Span<const std::uint8_t>(frame_.data(), size);
}

Inflater::Inflater() : context_(ZSTD_createDCtx()) { ACCEPTLAB_CHECK(context_ != nullptr); }
Inflater::~Inflater() { ZSTD_freeDCtx(context_); }

std::optional<Span<const std::uint8_t>> Inflater::inflate(Span<const std::uint8_t> frame,
                                                          std::size_t size) {
  // These hold for one frame that tells its size, as encoders write them, and for no other bytes.
  if (!begins_frame(frame)) return std::nullopt;
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) return std::nullopt;
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != size) return std::nullopt;
  if (content_.size() < size) content_.resize(size);
  const std::size_t read =
      ZSTD_decompressDCtx(context_, content_.data(), size, frame.data(), frame.size());
  if (read != size) return std::nullopt;
  return Span<const std::uint8_t>(content_.data(), size);
}

}  // namespace acceptlab::compression
