#include "compression/encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "compression/group_view.h"
#include "compression/kernels.h"
#include "compression/layout.h"
#include "compression/message.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

// Beyond it a value cannot be encoded. Only where scales are made of the values are there finite
// ones that cannot.
float largest_encodable(const CodecSpec& spec) {
  const bool makes_scales = is_quantizing(spec.scheme) && !has_one_range(spec);
  return makes_scales ? kMaxMagnitude : std::numeric_limits<float>::max();
}

Error not_encodable(const CodecSpec& spec, Span<const float> values) {
  const float limit = largest_encodable(spec);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::fabs(values[i]) <= limit) continue;
    return {ErrorKind::kUnsupported, "tensor to encode: value " + std::to_string(i) +
                                         " (from 0) of " + std::to_string(values.size()) + " is " +
                                         std::to_string(values[i])};
  }
  ACCEPTLAB_CHECK(false);
  return {};
}

float replacement(float value, float limit) {
  if (std::isnan(value)) return 0.0F;
  return std::clamp(value, -limit, limit);
}

}  // namespace

// Scratch of mbq begins where a cache line does: no vector of it lies across two.
struct alignas(64) ScratchBlock {
  std::int16_t values[kBlock];
};

struct Encoder::State {
  CodecSpec spec;
  std::uint64_t seed = 0;
  NonFinite non_finite = NonFinite::kError;
  LosslessRate rate;
  std::optional<Deflater> deflater;
  // Scratch, kept from tensor to tensor.
  std::vector<ScratchBlock> group;
  PlainScratch plain;
  std::vector<float> kept;
  std::vector<float> replaced;
  ReducedBytes reduced;  // the codes of the tensor in work, if a kernel told

  // Sizes of the two ways to write a body.
  std::size_t plain_bytes(std::size_t coded) const {
    return scale_bytes(spec, coded) + code_bytes(spec, coded);
  }

  Span<std::int16_t> scratch() {
    return {group.empty() ? nullptr : group[0].values, group.size() * kBlock};
  }

  bool write_coded(Span<const float> values, NoiseKey noise, Span<std::uint8_t> body);
  std::optional<std::size_t> write_body(Span<const float> values, TensorId id,
                                        Span<std::uint8_t> body, TensorInfo& info);
  std::size_t deflate(std::size_t size, Span<std::uint8_t> body, TensorInfo& info);
};

// Scales and codes of `values`; false where one cannot be encoded.
bool Encoder::State::write_coded(Span<const float> values, NoiseKey noise,
                                 Span<std::uint8_t> body) {
  const std::size_t scales = scale_bytes(spec, values.size());
  EncodeJob job{spec,
                values,
                noise,
                body.subspan(0, scales),
                body.subspan(scales, body.size() - scales),
                scratch(),
                &plain,
                &reduced};
  reduced = {};
  switch (spec.scheme) {
    case Scheme::kNone:
      if (!all_finite(values)) return false;
      if (!values.empty()) std::memcpy(job.codes.data(), values.data(), job.codes.size());
      return true;
    case Scheme::kFp16:
      if (!all_finite(values)) return false;
      narrow(values, job.codes);
      return true;
    case Scheme::kUniform:
    case Scheme::kSuq:
      if (has_one_range(spec)) {
        write_scale(uniform_scale(spec.low, spec.high, spec.bits), job.scales.data());
      }
      return encode_uniform(job);
    case Scheme::kMbq:
      return encode_planes(job);
  }
  return false;
}

// Mask, scales and codes; returns their size, or nothing where a value cannot be encoded.
std::optional<std::size_t> Encoder::State::write_body(Span<const float> values, TensorId id,
                                                      Span<std::uint8_t> body, TensorInfo& info) {
  const NoiseKey noise = noise_key(seed, id);
  info.coded_values = values.size();
  if (spec.zeros) {
    const std::size_t coded = values.size() - count_zeros(values);
    const std::size_t mask = mask_bytes(values.size());
    info.has_zero_mask = mask + plain_bytes(coded) < plain_bytes(values.size());
    if (info.has_zero_mask) {
      kept.resize(std::max(kept.size(), coded + kLanes));
      split_zeros(values, body.subspan(0, mask), Span<float>(kept));
      info.coded_values = coded;
      const std::size_t size = plain_bytes(coded);
      if (!write_coded(Span<const float>(kept.data(), coded), noise, body.subspan(mask, size))) {
        return std::nullopt;
      }
      return mask + size;
    }
  }
  const std::size_t size = plain_bytes(values.size());
  if (!write_coded(values, noise, body.subspan(0, size))) return std::nullopt;
  return size;
}

// Replaces the body by a zstd frame where that pays; returns its size either way.
std::size_t Encoder::State::deflate(std::size_t size, Span<std::uint8_t> body, TensorInfo& info) {
  const Bytes before(static_cast<std::int64_t>(size));
  // Not worth trying where even nothing at all would not pay.
  if (!lossless_pays(rate, before, Bytes(0))) return size;
  if (!deflater) deflater.emplace();
  const auto frame = deflater->deflate(Span<const std::uint8_t>(body.data(), size));
  if (!frame || !lossless_pays(rate, before, Bytes(static_cast<std::int64_t>(frame->size())))) {
    return size;
  }
  std::memcpy(body.data(), frame->data(), frame->size());
  info.is_deflated = true;
  reduced = {};
  return frame->size();
}

Encoder::Encoder(const CodecSpec& spec, std::uint64_t seed) : state_(std::make_unique<State>()) {
  const auto error = check_spec(spec);
  ACCEPTLAB_CHECK(!error);
  state_->spec = spec;
  state_->spec.group = group_of(spec);
  state_->seed = seed;
  if (spec.scheme == Scheme::kMbq) {
    const auto group = static_cast<std::size_t>(state_->spec.group);
    state_->group.resize((group + kBlock - 1) / kBlock);
  }
}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

const CodecSpec& Encoder::spec() const { return state_->spec; }
void Encoder::set_non_finite(NonFinite policy) { state_->non_finite = policy; }
void Encoder::set_link(const LosslessRate& link) { state_->rate = link; }

std::size_t Encoder::bound(std::size_t count, int rank) const {
  ACCEPTLAB_CHECK(count <= kMaxValues && rank >= 0 && rank <= kMaxRank);
  return header_bytes(rank) + state_->plain_bytes(count) + kChecksumBytes;
}

Result<std::size_t> Encoder::encode(Span<const float> values, const Shape& shape, TensorId id,
                                    Span<std::uint8_t> out, DType dtype) {
  ACCEPTLAB_CHECK(value_count(shape) == values.size());
  ACCEPTLAB_CHECK(out.size() >= bound(values.size(), shape.rank));
  State& state = *state_;
  TensorInfo info;
  info.spec = state.spec;
  info.dtype = dtype;
  info.shape = shape;
  const std::size_t header = header_bytes(shape.rank);
  const Span<std::uint8_t> body = out.subspan(header, out.size() - header - kChecksumBytes);
  std::optional<std::size_t> size = state.write_body(values, id, body, info);
  if (!size) {
    if (state.non_finite == NonFinite::kError) return not_encodable(state.spec, values);
    state.replaced.assign(values.begin(), values.end());
    const float limit = largest_encodable(state.spec);
    for (float& value : state.replaced) value = replacement(value, limit);
    size = state.write_body(Span<const float>(state.replaced), id, body, info);
    ACCEPTLAB_CHECK(size.has_value());
  }
  if (state.spec.lossless) size = state.deflate(*size, body, info);
  return seal_message(info, *size, state.reduced, out);
}

Result<std::vector<std::uint8_t>> Encoder::encode(Span<const float> values, const Shape& shape,
                                                  TensorId id, DType dtype) {
  std::vector<std::uint8_t> message(bound(values.size(), shape.rank));
  const Result<std::size_t> size = encode(values, shape, id, Span<std::uint8_t>(message), dtype);
  if (!size) return size.error();
  message.resize(size.value());
  return message;
}

}  // namespace acceptlab::compression
