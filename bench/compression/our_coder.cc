#include "bench/compression/our_coder.h"

#include "bench/compression/aligned_buffer.h"
#include "bench/compression/error_measures.h"
#include "compression/decoder.h"
#include "compression/encoder.h"
#include "runtime/base/check.h"

namespace acceptlab::codec_bench {

namespace {

using compression::CodecSpec;
using compression::Fit;
using compression::Range;
using compression::Scheme;
using compression::Shape;

class OurCoder final : public Coder {
 public:
  explicit OurCoder(const CodecSpec& spec) : encoder_(spec, 1) {}

  std::size_t encode(Span<const float> values) override {
    message_.reserve(encoder_.bound(values.size()));
    const TensorId id{0, tensors_++};
    const auto size = encoder_.encode(values, Shape::vector(values.size()), id, message_.span());
    size_ = size.value();
    return size_;
  }
  void decode(Span<float> values) override {
    ACCEPTLAB_CHECK(decoder_.decode({message_.data(), size_}, values).ok());
  }
  bool is_sane(Span<const float> values, Span<const float> decoded) const override {
    const CodecSpec& spec = encoder_.spec();
    switch (spec.scheme) {
      case Scheme::kNone:
        return largest_error(values, decoded) == 0.0;
      case Scheme::kFp16:
        return snr_db(values, decoded) > 60.0;
      case Scheme::kUniform:
      case Scheme::kSuq:
        return is_sane_uniform(spec, values, decoded);
      case Scheme::kMbq:
        return snr_db(values, decoded) > (spec.fit == Fit::kGreedy ? 1.2 : 3.3) * spec.bits - 0.5;
    }
    return false;
  }

 private:
  // A group's step is at most that of the whole tensor.
  static bool is_sane_uniform(const CodecSpec& spec, Span<const float> values,
                              Span<const float> decoded) {
    if (spec.range == Range::kClip) return snr_db(values, decoded) > 0.0;
    const double step = range_of(values) / ((1 << spec.bits) - 1);
    const double most = spec.scheme == Scheme::kUniform ? 0.501 : 1.001;
    return largest_error(values, decoded) <= most * step;
  }

  compression::Encoder encoder_;
  compression::Decoder decoder_;
  AlignedBuffer<std::uint8_t> message_{0};
  std::size_t size_ = 0;
  std::uint64_t tensors_ = 0;
};

}  // namespace

std::unique_ptr<Coder> make_our_coder(const std::string& codec) {
  return std::make_unique<OurCoder>(compression::parse_codec(codec).value());
}

}  // namespace acceptlab::codec_bench
