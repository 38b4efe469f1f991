#include "compression/grouped_codec.h"

#include <algorithm>
#include <string>
#include <utility>

#include "compression/bit_packing.h"
#include "compression/message.h"

namespace acceptlab::compression {

GroupedCodec::GroupedCodec(const CodecSpec& spec, std::uint64_t seed,
                           std::unique_ptr<GroupQuantizer> quantizer)
    : spec_(spec),
      seed_(seed),
      quantizer_(std::move(quantizer)),
      scales_(static_cast<std::size_t>(scales_per_group(spec))),
      levels_(std::size_t{1} << spec.bits) {}

Bytes GroupedCodec::encoded_size(std::size_t count) const {
  return Bytes(static_cast<std::int64_t>(message_size(spec_, count)));
}

Result<std::vector<std::uint8_t>> GroupedCodec::encode(Span<const float> values, TensorId id) {
  if (auto error = check_finite(values)) {
    return Error{error->kind, "tensor to encode: " + error->message};
  }
  const CounterRandom random(seed_, id);
  std::vector<std::uint8_t> message = begin_message(spec_, values.size());
  const MutableBody parts = body(message, spec_, values.size());
  std::uint8_t* next_scale = parts.scales.data();
  BitWriter writer(spec_.bits, parts.codes);
  const auto group = static_cast<std::size_t>(spec_.group);
  for (std::size_t first = 0; first < values.size(); first += group) {
    const std::size_t size = std::min(group, values.size() - first);
    codes_.resize(size);
    quantizer_->encode(values.subspan(first, size), first, random, Span<float>(scales_),
                       Span<std::uint8_t>(codes_));
    for (const float scale : scales_) {
      write_float(next_scale, scale);
      next_scale += sizeof(float);
    }
    for (const std::uint8_t code : codes_) writer.append(code);
  }
  writer.finish();
  seal(message);
  return message;
}

Result<std::size_t> GroupedCodec::decode(Span<const std::uint8_t> bytes, Span<float> values) {
  const Result<Body> opened = open_message(bytes, spec_, values.size());
  if (!opened) return opened.error();
  const std::uint8_t* next_scale = opened.value().scales.data();
  BitReader reader(spec_.bits, opened.value().codes);
  const auto group = static_cast<std::size_t>(spec_.group);
  for (std::size_t first = 0; first < values.size(); first += group) {
    for (float& scale : scales_) {
      scale = read_float(next_scale);
      next_scale += sizeof(float);
    }
    if (!quantizer_->plausible(Span<const float>(scales_))) {
      return Error{ErrorKind::kCorrupt, "encoded tensor: impossible scales in group " +
                                            std::to_string(first / group) + " (from 0)"};
    }
    quantizer_->levels(Span<const float>(scales_), Span<float>(levels_));
    const std::size_t size = std::min(group, values.size() - first);
    for (float& value : values.subspan(first, size)) value = levels_[reader.take()];
  }
  if (!reader.finished()) {
    return Error{ErrorKind::kCorrupt, "encoded tensor: the padding of the last byte is not 0"};
  }
  return values.size();
}

}  // namespace acceptlab::compression
