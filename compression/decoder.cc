#include "compression/decoder.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "compression/group_view.h"
#include "compression/kernels.h"
#include "compression/lossless.h"
#include "compression/message.h"

namespace acceptlab::compression {

namespace {

Error corrupt(const std::string& what) { return {ErrorKind::kCorrupt, "encoded tensor: " + what}; }

// The three parts of a body after zstd.
struct Body {
  Span<const std::uint8_t> mask;
  Span<const std::uint8_t> scales;
  Span<const std::uint8_t> codes;
};

Body split(Span<const std::uint8_t> body, const TensorInfo& info) {
  return {body.subspan(0, info.mask_bytes), body.subspan(info.mask_bytes, info.scale_bytes),
          body.subspan(info.mask_bytes + info.scale_bytes, info.code_bytes)};
}

std::optional<Error> decode_finite(const DecodeJob& job) {
  if (job.spec.scheme == Scheme::kFp16) {
    widen(job.codes, job.values);
  } else if (!job.values.empty()) {
    std::memcpy(job.values.data(), job.codes.data(), job.codes.size());
  }
  if (all_finite(Span<const float>(job.values))) return std::nullopt;
  return corrupt("a value is NaN or infinite");
}

std::optional<Error> decode_quantized(const DecodeJob& job) {
  if (!padding_is_zero(job.spec.bits, job.values.size(), job.codes)) {
    return corrupt("the bits behind the last code are not 0");
  }
  // Of a known range this holds without values too.
  const bool good_range =
      !has_one_range(job.spec) || plausible(read_uniform_scale(job.scales.data()), job.spec.bits);
  const bool good = job.spec.scheme == Scheme::kMbq ? decode_planes(job) : decode_uniform(job);
  if (good && good_range) return std::nullopt;
  return corrupt("a scale is not one that an encoder makes");
}

std::optional<Error> decode_coded(const DecodeJob& job) {
  return is_quantizing(job.spec.scheme) ? decode_quantized(job) : decode_finite(job);
}

std::size_t count_ones(Span<const std::uint8_t> mask) {
  std::size_t ones = 0;
  for (const std::uint8_t byte : mask) {
    ones += static_cast<std::size_t>(__builtin_popcount(byte));
  }
  return ones;
}

}  // namespace

struct Decoder::State {
  DecodeLimits limits;
  std::optional<Inflater> inflater;
  std::vector<float> coded;  // behind a zero mask

  std::optional<Error> decode_body(Span<const std::uint8_t> body, const TensorInfo& info,
                                   Span<float> values, ReducedBytes& reduced);
};

// `reduced` is left as it is where the codes were not reduced.
std::optional<Error> Decoder::State::decode_body(Span<const std::uint8_t> body,
                                                 const TensorInfo& info, Span<float> values,
                                                 ReducedBytes& reduced) {
  if (info.values != values.size()) {
    return corrupt("it has " + std::to_string(info.values) + " values, expected " +
                   std::to_string(values.size()));
  }
  if (info.is_deflated) {
    if (!inflater) inflater.emplace();
    const auto content =
        inflater->inflate(body, info.mask_bytes + info.scale_bytes + info.code_bytes);
    if (!content) return corrupt("its zstd frame is damaged or of another size");
    body = *content;
  }
  const Body parts = split(body, info);
  DecodeJob job{info.spec, parts.scales, parts.codes, values,
                info.is_deflated ? nullptr : &reduced};
  if (info.has_zero_mask) {
    const std::size_t ones = count_ones(parts.mask);
    const bool padding_set = !padding_is_zero(1, info.values, parts.mask);
    if (ones != info.coded_values || padding_set) return corrupt("its zero mask is wrong");
    coded.resize(std::max(coded.size(), info.coded_values + kLanes));
    job.values = Span<float>(coded.data(), info.coded_values);
  }
  if (auto error = decode_coded(job)) return error;
  if (info.has_zero_mask) merge_zeros(parts.mask, job.values.data(), values);
  return std::nullopt;
}

Decoder::Decoder(const DecodeLimits& limits) : state_(std::make_unique<State>()) {
  state_->limits = limits;
}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Result<TensorInfo> Decoder::decode(Span<const std::uint8_t> bytes, Span<float> values) {
  Result<TensorInfo> header = read_header(bytes, state_->limits);
  if (!header) return header;
  const std::size_t first = header.value().header_bytes;
  const auto body = bytes.subspan(first, bytes.size() - first - kChecksumBytes);
  ReducedBytes reduced;
  auto error = state_->decode_body(body, header.value(), values, reduced);
  // In a damaged message whatever else is wrong comes of the damage.
  if (auto damage = check_checksum(bytes, reduced)) return *std::move(damage);
  if (error) return *std::move(error);
  return header;
}

}  // namespace acceptlab::compression
