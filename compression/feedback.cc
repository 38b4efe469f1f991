#include "compression/feedback.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

constexpr std::int64_t kValueBytes = sizeof(float);

Bytes size_of(const std::vector<float>& values) {
  return Bytes(static_cast<std::int64_t>(values.size()) * kValueBytes);
}

void subtract(const float* a, const float* b, std::size_t count, float* difference) {
  for (std::size_t i = 0; i < count; ++i) difference[i] = a[i] - b[i];
}

void add(const float* values, std::size_t count, float* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] += values[i];
}

}  // namespace

ErrorFeedbackCodec::Residual& ErrorFeedbackCodec::residual_of(TensorId id, std::size_t count) {
  Residual& residual = residuals_[id.stream];
  if (residual.epoch != id.epoch || residual.values.size() != count) {
    residual.epoch = id.epoch;
    residual.values.assign(count, 0.0F);
  }
  return residual;
}

Result<std::vector<std::uint8_t>> ErrorFeedbackCodec::encode(Span<const float> values,
                                                             TensorId id) {
  std::vector<float>& lost = residual_of(id, values.size()).values;
  sum_.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) sum_[i] = values[i] + lost[i];
  Result<std::vector<std::uint8_t>> bytes = inner_->encode(sum_, id);
  if (!bytes) return bytes;
  decoded_.resize(values.size());
  const Result<std::size_t> read =
      inner_->decode(Span<const std::uint8_t>(bytes.value()), id, decoded_);
  if (!read) return read.error();
  subtract(sum_.data(), decoded_.data(), values.size(), lost.data());
  return bytes;
}

Result<std::size_t> ErrorFeedbackCodec::decode(Span<const std::uint8_t> bytes, TensorId id,
                                               Span<float> values) {
  return inner_->decode(bytes, id, values);
}

Bytes ErrorFeedbackCodec::memory() const {
  Bytes sum;
  for (const auto& [stream, residual] : residuals_) sum += size_of(residual.values);
  return sum;
}

// Each sample's values within what is kept of its stream.
std::vector<float*> DeltaCodec::kept_of(Streams& streams, TensorId id, std::size_t count) const {
  const std::vector<std::int64_t> samples = samples_of_(id);
  ACCEPTLAB_CHECK(!samples.empty() && count % samples.size() == 0);
  Samples& stream = streams[id.stream];
  std::vector<float*> kept;
  for (const std::int64_t sample : samples) {
    std::vector<float>& values = stream[sample];
    values.resize(count / samples.size());  // zeros where it is new
    kept.push_back(values.data());
  }
  return kept;
}

Result<std::vector<std::uint8_t>> DeltaCodec::encode(Span<const float> values, TensorId id) {
  const std::vector<float*> kept = kept_of(sent_, id, values.size());
  const std::size_t each = values.size() / kept.size();
  delta_.resize(values.size());
  for (std::size_t s = 0; s < kept.size(); ++s) {
    subtract(values.data() + s * each, kept[s], each, delta_.data() + s * each);
  }
  Result<std::vector<std::uint8_t>> bytes = inner_->encode(delta_, id);
  if (!bytes) return bytes;
  decoded_.resize(values.size());
  const Result<std::size_t> read =
      inner_->decode(Span<const std::uint8_t>(bytes.value()), id, decoded_);
  if (!read) return read.error();
  for (std::size_t s = 0; s < kept.size(); ++s) add(decoded_.data() + s * each, each, kept[s]);
  return bytes;
}

Result<std::size_t> DeltaCodec::decode(Span<const std::uint8_t> bytes, TensorId id,
                                       Span<float> values) {
  Result<std::size_t> read = inner_->decode(bytes, id, values);
  if (!read) return read;
  const std::vector<float*> kept = kept_of(received_, id, values.size());
  const std::size_t each = values.size() / kept.size();
  for (std::size_t s = 0; s < kept.size(); ++s) {
    float* of_sample = values.data() + s * each;
    add(of_sample, each, kept[s]);
    std::copy_n(kept[s], each, of_sample);
  }
  return read;
}

void DeltaCodec::forget(std::uint64_t stream) {
  sent_.erase(stream);
  received_.erase(stream);
}

Bytes DeltaCodec::memory() const {
  Bytes sum;
  for (const Streams* end : {&sent_, &received_}) {
    for (const auto& [stream, samples] : *end) {
      for (const auto& [sample, values] : samples) sum += size_of(values);
    }
  }
  return sum;
}

}  // namespace acceptlab::compression
