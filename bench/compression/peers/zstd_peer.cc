#include <zstd.h>

#include <memory>

#include "bench/compression/aligned_buffer.h"
#include "bench/compression/peers/lossless_coder.h"
#include "bench/compression/peers/peer.h"
#include "runtime/base/check.h"

namespace acceptlab::codec_bench {
namespace {

constexpr int kLevel = 1;

class ZstdCoder final : public LosslessCoder {
 public:
  std::size_t encode(Span<const float> values) override {
    const std::size_t bytes = values.size() * sizeof(float);
    message_.reserve(ZSTD_compressBound(bytes));
    size_ = ZSTD_compressCCtx(compressor_.get(), message_.data(), message_.size(), values.data(),
                              bytes, kLevel);
    ACCEPTLAB_CHECK(ZSTD_isError(size_) == 0);
    return size_;
  }
  void decode(Span<float> values) override {
    const std::size_t bytes = values.size() * sizeof(float);
    ACCEPTLAB_CHECK(ZSTD_decompressDCtx(decompressor_.get(), values.data(), bytes, message_.data(),
                                        size_) == bytes);
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> compressor_{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_DCtx, Free> decompressor_{ZSTD_createDCtx()};
  AlignedBuffer<char> message_{0};
  std::size_t size_ = 0;
};

const PeerRegistration kZstd({"zstd-1", "suq4", [] { return std::make_unique<ZstdCoder>(); }});

}  // namespace
}  // namespace acceptlab::codec_bench
