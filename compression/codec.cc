#include "compression/codec.h"

#include <utility>
#include <vector>

#include "compression/decoder.h"
#include "compression/encoder.h"

namespace acceptlab::compression {

namespace {

class Codec final : public TensorCodec {
 public:
  Codec(const CodecSpec& spec, std::uint64_t seed, LosslessRateSource rate)
      : encoder_(spec, seed), rate_(std::move(rate)) {}

  Bytes encoded_size(std::size_t count) const override {
    return Bytes(static_cast<std::int64_t>(encoder_.bound(count)));
  }

  Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) override {
    if (encoder_.spec().lossless && rate_) encoder_.set_link(rate_(id));
    return encoder_.encode(values, Shape::vector(values.size()), id);
  }

  Result<std::size_t> decode(Span<const std::uint8_t> bytes, TensorId,
                             Span<float> values) override {
    const Result<TensorInfo> info = decoder_.decode(bytes, values);
    if (!info) return info.error();
    return bytes.size();
  }

 private:
  Encoder encoder_;
  Decoder decoder_;
  const LosslessRateSource rate_;
};

}  // namespace

std::unique_ptr<TensorCodec> make_codec(const CodecSpec& spec, std::uint64_t seed,
                                        LosslessRateSource rate) {
  return std::make_unique<Codec>(spec, seed, std::move(rate));
}

}  // namespace acceptlab::compression
