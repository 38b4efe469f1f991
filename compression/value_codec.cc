#include "compression/value_codec.h"

#include <string>
#include <utility>

#include "compression/half.h"
#include "compression/message.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

void encode_value(Scheme scheme, float value, std::uint8_t* codes, std::size_t i) {
  if (scheme == Scheme::kNone) {
    write_float(codes + 4 * i, value);
    return;
  }
  const std::uint16_t half = to_half(value);
  codes[2 * i] = static_cast<std::uint8_t>(half);
  codes[2 * i + 1] = static_cast<std::uint8_t>(half >> 8);
}

float decode_value(Scheme scheme, const std::uint8_t* codes, std::size_t i) {
  if (scheme == Scheme::kNone) return read_float(codes + 4 * i);
  return from_half(static_cast<std::uint16_t>(codes[2 * i] | codes[2 * i + 1] << 8));
}

}  // namespace

ValueCodec::ValueCodec(const CodecSpec& spec) : spec_(spec) {
  ACCEPTLAB_CHECK(spec.scheme == Scheme::kNone || spec.scheme == Scheme::kFp16);
}

Bytes ValueCodec::encoded_size(std::size_t count) const {
  return Bytes(static_cast<std::int64_t>(message_size(spec_, count)));
}

Result<std::vector<std::uint8_t>> ValueCodec::encode(Span<const float> values, TensorId) {
  if (auto error = check_finite(values)) {
    return Error{error->kind, "tensor to encode: " + error->message};
  }
  std::vector<std::uint8_t> message = begin_message(spec_, values.size());
  std::uint8_t* codes = body(message, spec_, values.size()).codes.data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    encode_value(spec_.scheme, values[i], codes, i);
  }
  seal(message);
  return message;
}

Result<std::size_t> ValueCodec::decode(Span<const std::uint8_t> bytes, Span<float> values) {
  const Result<Body> opened = open_message(bytes, spec_, values.size());
  if (!opened) return opened.error();
  const std::uint8_t* codes = opened.value().codes.data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = decode_value(spec_.scheme, codes, i);
  }
  if (auto error = check_finite(values)) {
    return Error{ErrorKind::kCorrupt, "encoded tensor: " + error->message};
  }
  return values.size();
}

}  // namespace acceptlab::compression
