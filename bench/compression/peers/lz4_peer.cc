#include <lz4.h>

#include <memory>

#include "bench/compression/aligned_buffer.h"
#include "bench/compression/peers/lossless_coder.h"
#include "bench/compression/peers/peer.h"
#include "runtime/base/check.h"

namespace acceptlab::codec_bench {
namespace {

class Lz4Coder final : public LosslessCoder {
 public:
  std::size_t encode(Span<const float> values) override {
    const int bytes = static_cast<int>(values.size() * sizeof(float));
    message_.reserve(static_cast<std::size_t>(LZ4_compressBound(bytes)));
    size_ = LZ4_compress_default(reinterpret_cast<const char*>(values.data()), message_.data(),
                                 bytes, static_cast<int>(message_.size()));
    ACCEPTLAB_CHECK(size_ > 0);
    return static_cast<std::size_t>(size_);
  }
  void decode(Span<float> values) override {
    const int bytes = static_cast<int>(values.size() * sizeof(float));
    ACCEPTLAB_CHECK(LZ4_decompress_safe(message_.data(), reinterpret_cast<char*>(values.data()),
                                        size_, bytes) == bytes);
  }

 private:
  AlignedBuffer<char> message_{0};
  int size_ = 0;
};

const PeerRegistration kLz4({"lz4", "suq4", [] { return std::make_unique<Lz4Coder>(); }});

}  // namespace
}  // namespace acceptlab::codec_bench
