#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "compression/group_math.h"
#include "compression/kernels.h"
#include "compression/layout.h"

// What belongs to one group of a job, and how its scales are written and read.
namespace acceptlab::compression {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the format is little-endian");

inline void write_floats(Span<const float> values, std::uint8_t* to) {
  std::memcpy(to, values.data(), values.size() * sizeof(float));
}
inline void read_floats(const std::uint8_t* from, Span<float> values) {
  std::memcpy(values.data(), from, values.size() * sizeof(float));
}

template <typename Value, typename Byte>
struct GroupOf {
  std::size_t first = 0;  // index of its first value in the tensor
  Span<Value> values;
  Byte* scales = nullptr;
  Span<Byte> codes;
};

using EncodeGroup = GroupOf<const float, std::uint8_t>;
using DecodeGroup = GroupOf<float, const std::uint8_t>;

// Walks the groups of a job: `visit` is called for each in order; false ends the walk.
template <typename Value, typename Byte, typename Visit>
bool for_each_group(const CodecSpec& spec, Span<Value> values, Span<Byte> scales, Span<Byte> codes,
                    const Visit& visit) {
  const auto group = static_cast<std::size_t>(spec.group);
  const auto scale_bytes = static_cast<std::size_t>(scales_per_group(spec)) * sizeof(float);
  GroupOf<Value, Byte> view;
  view.scales = scales.data();
  std::size_t code = 0;
  for (; view.first < values.size(); view.first += group) {
    const std::size_t size = std::min(group, values.size() - view.first);
    const std::size_t bytes = packed_size(size, spec.bits);
    view.values = values.subspan(view.first, size);
    view.codes = codes.subspan(code, bytes);
    if (!visit(view)) return false;
    view.scales += scale_bytes;
    code += bytes;
  }
  return true;
}

inline void write_scale(const UniformScale& scale, std::uint8_t* to) {
  const float both[] = {scale.low, scale.step};
  write_floats(Span<const float>(both, 2), to);
}
inline UniformScale read_uniform_scale(const std::uint8_t* from) {
  float both[2];
  read_floats(from, Span<float>(both, 2));
  return {both[0], both[1], 0.0F};
}

inline void write_scales(const PlaneScales& scales, const CodecSpec& spec, std::uint8_t* to) {
  if (spec.offset) {
    write_floats(Span<const float>(&scales.offset, 1), to);
    to += sizeof(float);
  }
  write_floats(Span<const float>(scales.alpha.data(), static_cast<std::size_t>(spec.bits)), to);
}
inline PlaneScales read_plane_scales(const CodecSpec& spec, const std::uint8_t* from) {
  PlaneScales scales;
  if (spec.offset) {
    read_floats(from, Span<float>(&scales.offset, 1));
    from += sizeof(float);
  }
  read_floats(from, Span<float>(scales.alpha.data(), static_cast<std::size_t>(spec.bits)));
  return scales;
}

inline bool within_magnitude(const Extremes& extremes) {
  return extremes.low >= -kMaxMagnitude && extremes.high <= kMaxMagnitude;
}

}  // namespace acceptlab::compression
