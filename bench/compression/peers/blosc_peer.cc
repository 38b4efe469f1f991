#include <blosc.h>

#include <memory>

#include "bench/compression/aligned_buffer.h"
#include "bench/compression/peers/lossless_coder.h"
#include "bench/compression/peers/peer.h"
#include "runtime/base/check.h"

namespace acceptlab::codec_bench {
namespace {

constexpr int kLevel = 1;
constexpr int kThreads = 1;

// Bits of equal weight side by side, then lz4.
class BloscCoder final : public LosslessCoder {
 public:
  std::size_t encode(Span<const float> values) override {
    const std::size_t bytes = values.size() * sizeof(float);
    message_.reserve(bytes + BLOSC_MAX_OVERHEAD);
    const int size =
        blosc_compress_ctx(kLevel, BLOSC_BITSHUFFLE, sizeof(float), bytes, values.data(),
                           message_.data(), message_.size(), BLOSC_LZ4_COMPNAME, 0, kThreads);
    ACCEPTLAB_CHECK(size > 0);
    return static_cast<std::size_t>(size);
  }
  void decode(Span<float> values) override {
    const std::size_t bytes = values.size() * sizeof(float);
    ACCEPTLAB_CHECK(blosc_decompress_ctx(message_.data(), values.data(), bytes, kThreads) ==
                    static_cast<int>(bytes));
  }

 private:
  AlignedBuffer<char> message_{0};
};

const PeerRegistration kBlosc({"blosc-bitshuffle-lz4", "suq4",
                               [] { return std::make_unique<BloscCoder>(); }});

}  // namespace
}  // namespace acceptlab::codec_bench
