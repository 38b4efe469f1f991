// Fixed point in 16-bit lanes: half the vectors of float32.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_LANES16_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_LANES16_H
#undef ACCEPTLAB_COMPRESSION_SIMD_LANES16_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_LANES16_H
#endif

#include "compression/simd/vectors.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

// A vector of shorts belongs to the values of two rows of a block, row m and row m + 16: in a word
// of the block those are bit m of the lower and of the upper half.
using IntegerTag = hn::RebindToSigned<FloatTag>;
using Integers = hn::Vec<IntegerTag>;
using ShortTag = hn::Repartition<std::int16_t, IntegerTag>;
using Shorts = hn::Vec<ShortTag>;
using BitTag = hn::RebindToUnsigned<ShortTag>;
using Bits = hn::Vec<BitTag>;

constexpr std::size_t kRowsOfHalf = kFieldsOfBlock / 2;
constexpr std::size_t kHalfBlock = kBlock / 2;  // from a value to that of its upper half

// The nearest integers, ties to even; the least one for values below it. Requires: values are below
// 2^31; NaN becomes anything. hn::NearestInt() spends three more instructions on larger ones.
HWY_INLINE Integers nearest_integers(Floats values) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
  return Integers{_mm512_cvtps_epi32(values.raw)};
#elif HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  return Integers{_mm256_cvtps_epi32(values.raw)};
#elif HWY_ARCH_X86
  return Integers{_mm_cvtps_epi32(values.raw)};
#else
  return hn::NearestInt(values);
#endif
}

// Two rows as shorts, those beyond their range as the nearest short; in which lane a value ends
// only as_words() knows.
HWY_INLINE Shorts narrow_rows(Integers lower, Integers upper) {
#if HWY_ARCH_X86
  return hn::ReorderDemote2To(ShortTag(), lower, upper);
#else
  const IntegerTag d;
  const Integers least = hn::Set(d, -0x8000);
  const Integers most = hn::Set(d, 0x7fff);
  lower = hn::Min(hn::Max(lower, least), most);
  upper = hn::Min(hn::Max(upper, least), most);
  return hn::BitCast(ShortTag(),
                     hn::Or(hn::And(lower, hn::Set(d, 0xffff)), hn::ShiftLeft<16>(upper)));
#endif
}

// Clamps each lane to 0 .. 65535. Every 128 bits of the result hold the four lanes that `lower` has
// there, then those of `upper`: InterleaveLower and InterleaveUpper of two such vectors put
// halfwords of one lane together, in the order of the lanes.
HWY_INLINE Bits clamp_to_shorts(Integers lower, Integers upper) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
  return Bits{_mm512_packus_epi32(lower.raw, upper.raw)};
#elif HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  return Bits{_mm256_packus_epi32(lower.raw, upper.raw)};
#else
  static_assert(hn::MaxLanes(FloatTag()) == 4, "wider vectors need a rule for each 128 bits");
  const hn::Half<BitTag> half;
  return hn::Combine(BitTag(), hn::DemoteTo(half, upper), hn::DemoteTo(half, lower));
#endif
}

// 16 bits of each lane of the rows as the words of the format.
HWY_INLINE Words as_words(Bits bits) {
#if HWY_ARCH_X86
  // Of each 16 bytes the first half came from the lower rows.
  alignas(16) static constexpr std::uint8_t kInterleave[16] = {0, 1, 8,  9,  2, 3, 10, 11,
                                                               4, 5, 12, 13, 6, 7, 14, 15};
  const ByteTag d8;
  return hn::BitCast(WordTag(),
                     hn::TableLookupBytes(hn::BitCast(d8, bits), hn::LoadDup128(d8, kInterleave)));
#else
  return hn::BitCast(WordTag(), bits);
#endif
}

// Adds the sign bits of 16 vectors: the first ends at bit 0.
HWY_INLINE Bits push_signs(Bits plane, Shorts signs) {
  const BitTag du;
  return hn::OrAnd(hn::ShiftRight<1>(plane), hn::BitCast(du, signs), hn::Set(du, 0x8000));
}

// A sum of integers, exact in any order.
struct IntegerSum {
  Integers lanes;
  HWY_INLINE IntegerSum() : lanes(hn::Zero(IntegerTag())) {}

  HWY_INLINE void add(Shorts values) {
    Integers unused = hn::Zero(IntegerTag());
    lanes =
        hn::ReorderWidenMulAccumulate(IntegerTag(), values, hn::Set(ShortTag(), 1), lanes, unused);
#if !HWY_ARCH_X86
    lanes = hn::Add(lanes, unused);
#endif
  }
  // Requires: no lane is negative.
  HWY_INLINE std::uint64_t total() const {
    const hn::Repartition<std::uint64_t, IntegerTag> d64;
    const auto pairs = hn::BitCast(d64, lanes);
    const auto sums = hn::Add(hn::And(pairs, hn::Set(d64, 0xffffffffU)), hn::ShiftRight<32>(pairs));
    return hn::GetLane(hn::SumOfLanes(d64, sums));
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
