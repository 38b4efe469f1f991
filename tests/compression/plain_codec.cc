#include "tests/compression/plain_codec.h"

#include <cmath>
#include <cstring>

#include "compression/group_math.h"
#include "compression/group_view.h"
#include "compression/half.h"
#include "compression/lossless.h"
#include "compression/message.h"
#include "compression/reference.h"
#include "compression/tensor_info.h"

namespace acceptlab::compression {

namespace {

bool bit_of(Span<const std::uint8_t> bytes, std::size_t i) {
  return (bytes[i / 8] >> i % 8 & 1) != 0;
}

void write_plain(const EncodeJob& job) {
  for (std::size_t i = 0; i < job.values.size() && !is_quantizing(job.spec.scheme); ++i) {
    const std::uint16_t half = to_half(job.values[i]);
    if (job.spec.scheme == Scheme::kFp16) std::memcpy(job.codes.data() + 2 * i, &half, 2);
    if (job.spec.scheme == Scheme::kNone) std::memcpy(job.codes.data() + 4 * i, &job.values[i], 4);
  }
  if (!is_quantizing(job.spec.scheme)) return;
  if (has_one_range(job.spec)) {
    write_scale(uniform_scale(job.spec.low, job.spec.high, job.spec.bits), job.scales.data());
  }
  const bool good = job.spec.scheme == Scheme::kMbq ? reference::encode_planes(job)
                                                    : reference::encode_uniform(job);
  ACCEPTLAB_CHECK(good);
}

bool read_plain(const DecodeJob& job) {
  if (job.spec.scheme == Scheme::kMbq) return reference::decode_planes(job);
  if (is_quantizing(job.spec.scheme)) {
    const bool good_range =
        !has_one_range(job.spec) || plausible(read_uniform_scale(job.scales.data()), job.spec.bits);
    return good_range && reference::decode_uniform(job);
  }
  bool finite = true;
  for (std::size_t i = 0; i < job.values.size(); ++i) {
    std::uint16_t half = 0;
    if (job.spec.scheme == Scheme::kFp16) std::memcpy(&half, job.codes.data() + 2 * i, 2);
    job.values[i] = from_half(half);
    if (job.spec.scheme == Scheme::kNone) std::memcpy(&job.values[i], job.codes.data() + 4 * i, 4);
    finite = finite && std::isfinite(job.values[i]);
  }
  return finite;
}

// Whether all bits from `used` on are 0.
bool rest_is_zero(Span<const std::uint8_t> bytes, std::size_t used) {
  for (std::size_t i = used; i < 8 * bytes.size(); ++i) {
    if (bit_of(bytes, i)) return false;
  }
  return true;
}

// Puts the coded values where the mask has ones; nothing where it has not as many.
std::optional<std::vector<float>> spread(Span<const std::uint8_t> mask,
                                         const std::vector<float>& coded, std::size_t count) {
  std::vector<float> values(count);
  std::size_t next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!bit_of(mask, i)) continue;
    if (next == coded.size()) return std::nullopt;
    values[i] = coded[next++];
  }
  if (next != coded.size() || !rest_is_zero(mask, count)) return std::nullopt;
  return values;
}

}  // namespace

std::vector<std::uint8_t> plain_body(const CodecSpec& spec, Span<const float> values, NoiseKey key,
                                     bool masked) {
  std::vector<std::uint8_t> mask(masked ? mask_bytes(values.size()) : 0);
  std::vector<float> coded;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (masked && values[i] == 0.0F) continue;
    coded.push_back(values[i]);
    if (masked) mask[i / 8] = static_cast<std::uint8_t>(mask[i / 8] | 1U << i % 8);
  }
  EncodeJob job;
  job.spec = spec;
  job.spec.group = group_of(spec);
  job.values = Span<const float>(coded);
  job.noise = key;
  const std::size_t scales = mask.size() + scale_bytes(job.spec, coded.size());
  std::vector<std::uint8_t> body(std::move(mask));
  body.resize(scales + code_bytes(job.spec, coded.size()));
  const Span<std::uint8_t> all(body);
  const std::size_t start = scales - scale_bytes(job.spec, coded.size());
  job.scales = all.subspan(start, scales - start);
  job.codes = all.subspan(scales, body.size() - scales);
  write_plain(job);
  return body;
}

std::optional<std::vector<float>> plain_decode(Span<const std::uint8_t> message) {
  const TensorInfo info = inspect(message).value();
  Span<const std::uint8_t> body =
      message.subspan(info.header_bytes, message.size() - info.header_bytes - kChecksumBytes);
  const std::size_t size = info.mask_bytes + info.scale_bytes + info.code_bytes;
  Inflater inflater;
  if (info.is_deflated) {
    const auto content = inflater.inflate(body, size);
    if (!content) return std::nullopt;
    body = *content;
  }
  std::vector<float> coded(info.coded_values);
  const Span<const std::uint8_t> codes =
      body.subspan(info.mask_bytes + info.scale_bytes, info.code_bytes);
  const std::size_t bits = static_cast<std::size_t>(info.spec.bits);
  if (is_quantizing(info.spec.scheme) && !rest_is_zero(codes, coded.size() * bits)) {
    return std::nullopt;
  }
  if (!read_plain({info.spec, body.subspan(info.mask_bytes, info.scale_bytes), codes,
                   Span<float>(coded)})) {
    return std::nullopt;
  }
  if (!info.has_zero_mask) return coded;
  return spread(body.subspan(0, info.mask_bytes), coded, info.values);
}

}  // namespace acceptlab::compression
