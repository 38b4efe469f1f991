// Tables of up to 16 levels, and stores of decoded values; included once a pass of
// foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_LOOKUP_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_LOOKUP_H
#undef ACCEPTLAB_COMPRESSION_SIMD_LOOKUP_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_LOOKUP_H
#endif

#include <hwy/cache_control.h>

#include "compression/simd/vectors.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

// 16 floats, looked up by the low bits of each word: look_up() takes the lowest kBits <= 4 and
// ignores those above. The table repeats itself every 2^kBits entries.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

struct LevelTable {
  Floats all;
};
HWY_INLINE LevelTable load_table(const float* table) { return {hn::LoadU(FloatTag(), table)}; }
template <int kBits>
HWY_INLINE Floats look_up(const LevelTable& table, Words words) {
  return Floats{_mm512_permutexvar_ps(words.raw, table.all.raw)};  // takes 4 bits of each index
}

#elif HWY_TARGET == HWY_AVX2

struct LevelTable {
  Floats low;
  Floats high;
};
HWY_INLINE LevelTable load_table(const float* table) {
  return {hn::LoadU(FloatTag(), table), hn::LoadU(FloatTag(), table + 8)};
}
template <int kBits>
HWY_INLINE Floats look_up(const LevelTable& table, Words words) {
  // Takes 3 bits of each index.
  const Floats low{_mm256_permutevar8x32_ps(table.low.raw, words.raw)};
  if constexpr (kBits <= 3) return low;
  const Floats high{_mm256_permutevar8x32_ps(table.high.raw, words.raw)};
  const Words fourth_bit_is_sign = hn::ShiftLeft<28>(words);
  return Floats{
      _mm256_blendv_ps(low.raw, high.raw, hn::BitCast(FloatTag(), fourth_bit_is_sign).raw)};
}

#else

struct LevelTable {
  float level[16];
};
HWY_INLINE LevelTable load_table(const float* table) {
  LevelTable copy;
  std::memcpy(copy.level, table, sizeof copy.level);
  return copy;
}
template <int kBits>
HWY_INLINE Floats look_up(const LevelTable& table, Words words) {
  using SignedTag = hn::RebindToSigned<WordTag>;
  const Words index = hn::And(words, hn::Set(WordTag(), 15U));
  return hn::GatherIndex(FloatTag(), table.level, hn::BitCast(SignedTag(), index));
}

#endif

// Output beyond this size will not be in a cache when it is read: written past the caches, lines
// need not be fetched first.
inline constexpr std::size_t kStreamBytes = std::size_t{24} << 20;

HWY_INLINE bool should_stream(Span<float> values) {
  const auto address = reinterpret_cast<std::uintptr_t>(values.data());
  return values.size() * sizeof(float) >= kStreamBytes &&
         address % (vector_lanes() * sizeof(float)) == 0;
}

template <bool kStream>
HWY_INLINE void store_values(Floats values, float* to) {
  if constexpr (kStream) {
    hn::Stream(values, FloatTag(), to);
  } else {
    hn::StoreU(values, FloatTag(), to);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
