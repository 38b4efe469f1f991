#include "compression/value_codec.h"

#include <cmath>
#include <string>
#include <utility>

#include "compression/half.h"
#include "compression/message.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

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
  if (auto error = check_finite(values)) return *std::move(error);
  std::vector<std::uint8_t> message = begin_message(spec_, values.size());
  for (const float value : values) {
    if (spec_.scheme == Scheme::kNone) {
      append_float(message, value);
    } else {
      const std::uint16_t half = to_half(value);
      message.push_back(static_cast<std::uint8_t>(half));
      message.push_back(static_cast<std::uint8_t>(half >> 8));
    }
  }
  end_message(message, spec_, values.size());
  return message;
}

Result<std::size_t> ValueCodec::decode(Span<const std::uint8_t> bytes, Span<float> values) {
  const Result<Body> body = open_message(bytes, spec_, values.size());
  if (!body) return body.error();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = decode_value(spec_.scheme, body.value().codes.data(), i);
    if (!std::isfinite(values[i])) {
      return Error{ErrorKind::kCorrupt,
                   "encoded tensor: value " + std::to_string(i) + " (from 0) is not finite"};
    }
  }
  return values.size();
}

}  // namespace acceptlab::compression
