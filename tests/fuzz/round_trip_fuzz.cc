#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "compression/decoder.h"
#include "compression/encoder.h"
#include "compression/simd_target.h"
#include "runtime/base/check.h"
#include "tests/compression/plain_codec.h"

// Bytes choose a spec, a size and the values: what is encoded must decode to finite values, and
// every instruction set must write the bytes and read the floats of the plain version.
namespace acceptlab::compression {
namespace {

// The bytes of the fuzzer, one after another; zeros behind the last.
class Source {
 public:
  Source(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  template <typename T>
  T take() {
    T value{};
    const std::size_t size = left_ < sizeof value ? left_ : sizeof value;
    std::memcpy(&value, data_, size);
    data_ += size;
    left_ -= size;
    return value;
  }
  bool empty() const { return left_ == 0; }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

CodecSpec spec_from(Source& source) {
  CodecSpec spec;
  spec.scheme = static_cast<Scheme>(source.take<std::uint8_t>() % 5);
  const auto choice = source.take<std::uint8_t>();
  spec.bits = 1 + choice % 8;
  if (spec.scheme == Scheme::kNone) spec.bits = 32;
  if (spec.scheme == Scheme::kFp16) spec.bits = 16;
  spec.offset = (choice & 8) != 0;
  spec.zeros = (choice & 16) != 0;
  spec.lossless = (choice & 32) != 0;
  const auto how = source.take<std::uint8_t>();
  spec.fit = static_cast<Fit>(how % 3);
  spec.cycles = 1 + how / 3 % 3;
  spec.range = static_cast<Range>(how / 16 % 3);
  spec.group = 8 * (source.take<std::uint8_t>() % 160);
  if (spec.range == Range::kKnown) {
    spec.low = source.take<float>();
    spec.high = source.take<float>();
    if (check_spec(spec)) {
      spec.low = 0.0F;
      spec.high = 6.0F;
    }
  }
  return spec;
}

// Few bytes make many values: each is kept for a while, scaled or left as its bits are.
std::vector<float> values_from(Source& source) {
  std::vector<float> values(source.take<std::uint16_t>() % 2200);
  const auto mode = source.take<std::uint8_t>();
  float value = 0.0F;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (mode % 4 == 0) {
      value = source.take<float>();
    } else if (mode % 4 == 1) {
      value = static_cast<float>(source.take<std::int8_t>());
    } else if (!source.empty()) {
      value = static_cast<float>(source.take<std::int16_t>()) * 0x1.0p-12F;
    } else {
      value = value * 1.375F + 0.25F;
      if (std::fabs(value) > 100.0F) value = mode % 4 == 2 ? -value * 0x1.0p-7F : 0.0F;
    }
    values[i] = value;
  }
  return values;
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), 4 * a.size()) == 0);
}

std::vector<float> decoded(const std::vector<std::uint8_t>& message, std::size_t count) {
  static Decoder decoder;
  std::vector<float> values(count);
  ACCEPTLAB_CHECK(decoder.decode(Span<const std::uint8_t>(message), Span<float>(values)).ok());
  return values;
}

// Requires: a message that is not deflated.
void check_body(const CodecSpec& spec, const std::vector<float>& values, NoiseKey key,
                const std::vector<std::uint8_t>& message, const TensorInfo& info) {
  const auto body = plain_body(spec, Span<const float>(values), key, info.has_zero_mask);
  ACCEPTLAB_CHECK(message.size() == info.header_bytes + body.size() + 4);
  ACCEPTLAB_CHECK(body.empty() ||
                  std::memcmp(body.data(), message.data() + info.header_bytes, body.size()) == 0);
}

void check_refused(const Error& error, const std::vector<float>& values) {
  ACCEPTLAB_CHECK(error.kind == ErrorKind::kUnsupported);
  bool is_right = false;
  for (const float value : values) is_right = is_right || !(std::fabs(value) <= kMaxMagnitude);
  ACCEPTLAB_CHECK(is_right);
}

void check_round_trip(const CodecSpec& spec, std::vector<float> values, std::uint64_t seed) {
  static const std::vector<std::string> targets = simd_targets();
  const TensorId id{seed >> 32, seed & 0xff};
  std::vector<std::uint8_t> first;
  for (const std::string& target : targets) {
    ACCEPTLAB_CHECK(use_simd_target(target));
    Encoder encoder(spec, seed);
    const Shape shape = Shape::vector(values.size());
    auto message = encoder.encode(Span<const float>(values), shape, id);
    if (!message.ok()) {
      check_refused(message.error(), values);
      encoder.set_non_finite(NonFinite::kReplace);
      message = encoder.encode(Span<const float>(values), shape, id);
      ACCEPTLAB_CHECK(message.ok());
    }
    if (first.empty()) first = message.value();
    ACCEPTLAB_CHECK(message.value() == first);
    const auto plain = plain_decode(Span<const std::uint8_t>(first));
    ACCEPTLAB_CHECK(plain.has_value());
    ACCEPTLAB_CHECK(same(decoded(first, values.size()), *plain));
    for (const float value : *plain) ACCEPTLAB_CHECK(std::isfinite(value));
  }
  const TensorInfo info = inspect(Span<const std::uint8_t>(first)).value();
  for (const float value : values) {
    if (!(std::fabs(value) <= kMaxMagnitude)) return;  // replaced: no values to compare with
  }
  if (!info.is_deflated) check_body(spec, values, noise_key(seed, id), first, info);
}

}  // namespace
}  // namespace acceptlab::compression

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace acceptlab::compression;
  Source source(data, size);
  const CodecSpec spec = spec_from(source);
  const auto seed = source.take<std::uint64_t>();
  check_round_trip(spec, values_from(source), seed);
  return 0;
}
