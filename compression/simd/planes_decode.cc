#include "compression/kernels.h"
#include "compression/reference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compression/simd/planes_decode.cc"
#include <hwy/foreach_target.h>

// From here on once for each instruction set.
#include "compression/group_view.h"
#include "compression/simd/lookup.h"
#include "compression/simd/running_remainder.h"
#include "compression/simd/vectors.h"

HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

bool decode_planes_on_target(const DecodeJob& job) { return reference::decode_planes(job); }

#else

namespace {

struct Tables {
  LevelTable first;
  LevelTable second;  // where there are more than 4 planes
};

template <int kBits>
struct PlaneWords {
  Words plane[kBits];
};

// Bit kField of planes kFirst, kFirst + 1, ... below kEnd, as bits 0, 1, ... of each word.
template <int kBits, int kField, int kFirst, int kEnd, int kPlane = kFirst>
HWY_INLINE Words gather_bits(const PlaneWords<kBits>& words, Words code) {
  constexpr int kTo = kPlane - kFirst;
  const WordTag du;
  Words moved = words.plane[kPlane];
  if constexpr (kField > kTo) moved = hn::ShiftRight<kField - kTo>(moved);
  if constexpr (kField < kTo) moved = hn::ShiftLeft<kTo - kField>(moved);
  const Words mask = hn::Set(du, 1U << kTo);
  if constexpr (kPlane == kFirst) {
    code = hn::And(moved, mask);
  } else {
    code = hn::OrAnd(code, moved, mask);
  }
  if constexpr (kPlane + 1 < kEnd) {
    return gather_bits<kBits, kField, kFirst, kEnd, kPlane + 1>(words, code);
  }
  return code;
}

template <int kBits, int kField>
HWY_INLINE Floats value_of(const PlaneWords<kBits>& words, const Tables& tables) {
  constexpr int kFirstPlanes = kBits < 4 ? kBits : 4;
  const Words zero = hn::Zero(WordTag());
  const Floats first =
      look_up<kFirstPlanes>(tables.first, gather_bits<kBits, kField, 0, kFirstPlanes>(words, zero));
  if constexpr (kBits <= 4) return first;
  if constexpr (kBits > 4) {
    return hn::Add(first, look_up<kBits - 4>(tables.second,
                                             gather_bits<kBits, kField, 4, kBits>(words, zero)));
  }
}

template <int kBits, bool kStream, int kField = 0>
HWY_INLINE void decode_fields(const PlaneWords<kBits>& words, const Tables& tables, float* x) {
  store_values<kStream>(value_of<kBits, kField>(words, tables), x + kField * kLanes);
  if constexpr (kField + 1 < static_cast<int>(kFieldsOfBlock)) {
    decode_fields<kBits, kStream, kField + 1>(words, tables, x);
  }
}

template <int kBits, bool kStream>
HWY_NOINLINE void decode_group(const DecodeGroup& group, const PlaneLevels& levels,
                               RunningRemainder& remainder) {
  const Tables tables{load_table(levels.first.data()), load_table(levels.second.data())};
  const std::uint8_t* in = group.codes.data();
  std::size_t j = 0;
  for (; j + kBlock <= group.values.size(); j += kBlock) {
#pragma GCC unroll 1
    for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
      PlaneWords<kBits> words;
      for (int i = 0; i < kBits; ++i) {
        words.plane[i] = load_words(in + static_cast<std::size_t>(i) * (kBlock / 8) + 4 * lane);
      }
      decode_fields<kBits, kStream>(words, tables, group.values.data() + j + lane);
    }
    in += packed_size(kBlock, kBits);
    remainder.catch_up(in);
  }
  if (j == group.values.size()) return;
  std::uint8_t codes[kBlock];
  const std::size_t rest = group.values.size() - j;
  unpack_rest(kBits, Span<const std::uint8_t>(in, packed_size(rest, kBits)),
              Span<std::uint8_t>(codes, rest));
  for (std::size_t i = 0; i < rest; ++i) group.values[j + i] = levels.at(codes[i], kBits);
}

template <int kBits>
bool decode_bits(const DecodeJob& job) {
  const bool stream = should_stream(job.values);
  RunningRemainder remainder(job.codes);
  const bool good =
      for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
        const PlaneScales scales = read_plane_scales(job.spec, group.scales);
        if (!plausible(scales, kBits)) return false;
        const PlaneLevels levels = plane_levels(scales, kBits);
        if (stream) {
          decode_group<kBits, true>(group, levels, remainder);
        } else {
          decode_group<kBits, false>(group, levels, remainder);
        }
        return true;
      });
  if (stream) hwy::FlushStream();
  if (good && job.reduced != nullptr) *job.reduced = remainder.finish();
  return good;
}

}  // namespace

bool decode_planes_on_target(const DecodeJob& job) {
  constexpr bool (*by_bits[])(const DecodeJob&) = {decode_bits<1>, decode_bits<2>, decode_bits<3>,
                                                   decode_bits<4>, decode_bits<5>, decode_bits<6>,
                                                   decode_bits<7>, decode_bits<8>};
  return by_bits[job.spec.bits - 1](job);
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace acceptlab::compression {

HWY_EXPORT(decode_planes_on_target);

bool decode_planes(const DecodeJob& job) {
  return HWY_DYNAMIC_DISPATCH(decode_planes_on_target)(job);
}

}  // namespace acceptlab::compression
#endif
