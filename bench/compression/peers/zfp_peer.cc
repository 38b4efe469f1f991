#include <zfp.h>

#include <memory>

#include "bench/compression/aligned_buffer.h"
#include "bench/compression/error_measures.h"
#include "bench/compression/peers/peer.h"
#include "runtime/base/check.h"

namespace acceptlab::codec_bench {
namespace {

constexpr double kBitsPerValue = 4.0;
constexpr std::size_t kWidth = 1024;
constexpr unsigned kDimensions = 2;

// Fixed rate over a tensor seen as rows of 1,024 values.
class ZfpCoder final : public Coder {
 public:
  std::size_t encode(Span<const float> values) override {
    select(const_cast<float*>(values.data()), values.size());
    const std::size_t size = zfp_compress(stream_.get(), field_.get());
    ACCEPTLAB_CHECK(size > 0);
    return size;
  }
  void decode(Span<float> values) override {
    select(values.data(), values.size());
    ACCEPTLAB_CHECK(zfp_decompress(stream_.get(), field_.get()) > 0);
  }
  // On noise its transform gains nothing: a few bits a value leave about the signal's own energy.
  bool is_sane(Span<const float> values, Span<const float> decoded) const override {
    return snr_db(values, decoded) > -3.0;
  }

 private:
  struct Free {
    void operator()(zfp_stream* stream) const { zfp_stream_close(stream); }
    void operator()(zfp_field* field) const { zfp_field_free(field); }
    void operator()(bitstream* bits) const { stream_close(bits); }
  };

  void select(float* values, std::size_t count) {
    ACCEPTLAB_CHECK(count % kWidth == 0);
    zfp_field_set_pointer(field_.get(), values);
    if (count != count_) resize(count);
    zfp_stream_rewind(stream_.get());
  }
  void resize(std::size_t count) {
    count_ = count;
    zfp_field_set_size_2d(field_.get(), kWidth, count / kWidth);
    zfp_stream_set_rate(stream_.get(), kBitsPerValue, zfp_type_float, kDimensions, zfp_false);
    message_.reserve(zfp_stream_maximum_size(stream_.get(), field_.get()));
    bits_.reset(stream_open(message_.data(), message_.size()));
    zfp_stream_set_bit_stream(stream_.get(), bits_.get());
  }

  AlignedBuffer<char> message_{0};
  std::unique_ptr<bitstream, Free> bits_;
  std::unique_ptr<zfp_stream, Free> stream_{zfp_stream_open(nullptr)};
  std::unique_ptr<zfp_field, Free> field_{zfp_field_2d(nullptr, zfp_type_float, kWidth, 1)};
  std::size_t count_ = 0;
};

const PeerRegistration kZfp({"zfp-rate4", "suq4", [] { return std::make_unique<ZfpCoder>(); }});

}  // namespace
}  // namespace acceptlab::codec_bench
