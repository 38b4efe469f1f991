#include "compression/kernels.h"
#include "compression/reference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compression/simd/uniform_decode.cc"
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

bool decode_uniform_on_target(const DecodeJob& job) { return reference::decode_uniform(job); }

#else

namespace {

// What turns codes into values: a table of all levels, or where those are too many, low and step.
struct Levels {
  LevelTable table;
  Floats low;
  Floats step;
};

HWY_INLINE Levels levels_of(const UniformScale& scale, int bits) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  Levels levels;
  levels.low = hn::Set(d, scale.low);
  levels.step = hn::Set(d, scale.step);
  alignas(64) float table[16];
  for (std::size_t code = 0; code < 16; code += vector_lanes()) {
    const auto codes =
        hn::And(hn::Iota(di, static_cast<std::int32_t>(code)), hn::Set(di, (1 << bits) - 1));
    hn::StoreU(hn::Add(levels.low, hn::Mul(hn::ConvertTo(d, codes), levels.step)), d, table + code);
  }
  levels.table = load_table(table);
  return levels;
}

// `word` holds the code in its lowest bits; with up to 4 bits there may be others above.
template <int kBits>
HWY_INLINE Floats value_of(Words word, const Levels& levels) {
  if constexpr (kBits <= 4) return look_up<kBits>(levels.table, word);
  const FloatTag d;
  const Words code = hn::And(word, hn::Set(WordTag(), (1U << kBits) - 1));
  const Floats steps = hn::ConvertTo(d, hn::BitCast(hn::RebindToSigned<WordTag>(), code));
  return hn::Add(levels.low, hn::Mul(steps, levels.step));
}

// Fields kField .. 31 of one vector of lanes; `word` is the one that field kField begins in.
template <int kBits, bool kStream, int kField = 0>
HWY_INLINE void decode_fields(const std::uint8_t* in, Words word, const Levels& levels, float* x) {
  constexpr int kAt = kField * kBits % 32;
  constexpr int kWord = kField * kBits / 32;
  if constexpr (kAt == 0) word = load_words(in + 4 * kLanes * kWord);
  Words code = word;
  if constexpr (kAt != 0) code = hn::ShiftRight<kAt>(word);
  if constexpr (kAt + kBits > 32) {
    word = load_words(in + 4 * kLanes * (kWord + 1));
    code = hn::Or(code, hn::ShiftLeft<32 - kAt>(word));
  }
  store_values<kStream>(value_of<kBits>(code, levels), x + kField * kLanes);
  if constexpr (kField + 1 < static_cast<int>(kFieldsOfBlock)) {
    decode_fields<kBits, kStream, kField + 1>(in, word, levels, x);
  }
}

template <int kBits, bool kStream>
HWY_NOINLINE void decode_group(const DecodeGroup& group, const UniformScale& scale,
                               RunningRemainder& remainder) {
  const Levels levels = levels_of(scale, kBits);
  const std::uint8_t* in = group.codes.data();
  std::size_t j = 0;
  for (; j + kBlock <= group.values.size(); j += kBlock) {
#pragma GCC unroll 1
    for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
      decode_fields<kBits, kStream>(in + 4 * lane, hn::Zero(WordTag()), levels,
                                    group.values.data() + j + lane);
    }
    in += packed_size(kBlock, kBits);
    remainder.catch_up(in);
  }
  if (j == group.values.size()) return;
  std::uint8_t codes[kBlock];
  const std::size_t rest = group.values.size() - j;
  unpack_rest(kBits, Span<const std::uint8_t>(in, packed_size(rest, kBits)),
              Span<std::uint8_t>(codes, rest));
  for (std::size_t i = 0; i < rest; ++i) {
    group.values[j + i] = scale.low + static_cast<float>(codes[i]) * scale.step;
  }
}

template <int kBits>
bool decode_bits(const DecodeJob& job) {
  const bool stream = should_stream(job.values);
  RunningRemainder remainder(job.codes);
  const bool good =
      for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
        const UniformScale scale = read_uniform_scale(group.scales);
        if (!plausible(scale, kBits)) return false;
        if (stream) {
          decode_group<kBits, true>(group, scale, remainder);
        } else {
          decode_group<kBits, false>(group, scale, remainder);
        }
        return true;
      });
  if (stream) hwy::FlushStream();
  if (good && job.reduced != nullptr) *job.reduced = remainder.finish();
  return good;
}

}  // namespace

bool decode_uniform_on_target(const DecodeJob& job) {
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

HWY_EXPORT(decode_uniform_on_target);

bool decode_uniform(const DecodeJob& job) {
  return HWY_DYNAMIC_DISPATCH(decode_uniform_on_target)(job);
}

}  // namespace acceptlab::compression
#endif
