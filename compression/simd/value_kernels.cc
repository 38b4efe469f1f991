#include "compression/half.h"
#include "compression/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compression/simd/value_kernels.cc"
#include <hwy/foreach_target.h>

// From here on once for each instruction set.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "compression/simd/vectors.h"

HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {
namespace {

// Each does as many values from the front as fill vectors and returns how many.
#if HWY_TARGET == HWY_SCALAR

std::size_t find_poison(Span<const float>, float&) { return 0; }
std::size_t count_front_zeros(Span<const float>, std::size_t&) { return 0; }
std::size_t split_front(Span<const float>, std::uint8_t*, float*, std::size_t&) { return 0; }
std::size_t merge_front(const std::uint8_t*, const float*&, Span<float>) { return 0; }
std::size_t narrow_front(Span<const float>, std::uint8_t*) { return 0; }
std::size_t widen_front(const std::uint8_t*, Span<float>) { return 0; }

#else

// Adding 0 times a value leaves 0, or NaN for good.
HWY_INLINE std::size_t find_poison(Span<const float> values, float& poison) {
  constexpr std::size_t kChains = 4;
  const FloatTag d;
  const std::size_t stride = kChains * vector_lanes();
  Floats chain[kChains] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  std::size_t j = 0;
  for (; j + stride <= values.size(); j += stride) {
    for (std::size_t c = 0; c < kChains; ++c) {
      const Floats v = hn::LoadU(d, values.data() + j + c * vector_lanes());
      chain[c] = hn::MulAdd(v, hn::Zero(d), chain[c]);
    }
  }
  for (std::size_t c = 1; c < kChains; ++c) chain[0] = hn::Add(chain[0], chain[c]);
  poison = hn::GetLane(hn::SumOfLanes(d, chain[0]));
  return j;
}

HWY_INLINE std::size_t count_front_zeros(Span<const float> values, std::size_t& zeros) {
  const FloatTag d;
  const std::size_t n = vector_lanes();
  std::size_t j = 0;
  for (; j + n <= values.size(); j += n) {
    zeros += hn::CountTrue(d, hn::Eq(hn::LoadU(d, values.data() + j), hn::Zero(d)));
  }
  return j;
}

HWY_INLINE std::size_t split_front(Span<const float> values, std::uint8_t* mask, float* kept,
                                   std::size_t& count) {
  const FloatTag d;
  const std::size_t n = vector_lanes();
  std::size_t j = 0;
  for (; j + n <= values.size(); j += n) {
    const Floats v = hn::LoadU(d, values.data() + j);
    const auto is_kept = hn::Not(hn::Eq(v, hn::Zero(d)));
    std::uint8_t bits[8] = {};
    hn::StoreMaskBits(d, is_kept, bits);
    if (n >= 8) {
      std::memcpy(mask + j / 8, bits, n / 8);
    } else {
      mask[j / 8] = static_cast<std::uint8_t>(mask[j / 8] | bits[0] << j % 8);
    }
    // Writes a whole vector; what is behind the kept values is overwritten by the next.
    hn::StoreU(hn::Compress(v, is_kept), d, kept + count);
    count += hn::CountTrue(d, is_kept);
  }
  return j;
}

// Lane i takes element (ones of `bits` below bit i) where bit i is 1, else 0.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

HWY_INLINE Floats expand(Floats v, std::uint32_t bits) {
  return Floats{_mm512_maskz_expand_ps(static_cast<__mmask16>(bits), v.raw)};
}

#else

// Which element, by byte of a mask and lane; in vectors of 4 by its lower half.
constexpr std::array<std::array<std::uint8_t, 8>, 256> kOnesBelow = [] {
  std::array<std::array<std::uint8_t, 8>, 256> ones{};
  for (std::size_t bits = 0; bits < ones.size(); ++bits) {
    for (std::size_t i = 0; i + 1 < 8; ++i) {
      ones[bits][i + 1] = static_cast<std::uint8_t>(ones[bits][i] + (bits >> i & 1));
    }
  }
  return ones;
}();

HWY_INLINE Floats expand(Floats v, std::uint32_t bits) {
  static_assert(hn::MaxLanes(FloatTag()) <= 8, "the table has rows of 8");
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const std::uint8_t mask[8] = {static_cast<std::uint8_t>(bits)};
  const auto which =
      hn::PromoteTo(di, hn::LoadU(hn::Rebind<std::uint8_t, FloatTag>(),
                                  kOnesBelow[bits & ((1U << vector_lanes()) - 1)].data()));
  const Floats moved = hn::TableLookupLanes(v, hn::IndicesFromVec(d, which));
  return hn::IfThenElseZero(hn::LoadMaskBits(d, mask), moved);
}

#endif

HWY_INLINE std::size_t merge_front(const std::uint8_t* mask, const float*& kept,
                                   Span<float> values) {
  const FloatTag d;
  const std::size_t n = vector_lanes();
  const std::uint32_t all = (1U << n) - 1;
  std::size_t j = 0;
  for (; j + n <= values.size(); j += n) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, mask + j / 8, (n + 7) / 8);
    bits = bits >> j % 8 & all;
    hn::StoreU(expand(hn::LoadU(d, kept), bits), d, values.data() + j);
    kept += hwy::PopCount(bits);
  }
  return j;
}

using HalfTag = hn::Rebind<hwy::float16_t, FloatTag>;
using HalfByteTag = hn::Repartition<std::uint8_t, HalfTag>;
// Elsewhere Highway has a conversion of its own, which rounds otherwise.
constexpr bool kHasHalf = (HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2) || HWY_TARGET == HWY_NEON;

HWY_INLINE std::size_t narrow_front(Span<const float> values, std::uint8_t* halves) {
  const FloatTag d;
  const Floats largest = hn::Set(d, 65504.0F);
  const std::size_t n = vector_lanes();
  std::size_t j = 0;
  for (; kHasHalf && j + n <= values.size(); j += n) {
    const Floats v = hn::Clamp(hn::LoadU(d, values.data() + j), hn::Neg(largest), largest);
    hn::StoreU(hn::BitCast(HalfByteTag(), hn::DemoteTo(HalfTag(), v)), HalfByteTag(),
               halves + 2 * j);
  }
  return j;
}

HWY_INLINE std::size_t widen_front(const std::uint8_t* halves, Span<float> values) {
  const FloatTag d;
  const std::size_t n = vector_lanes();
  std::size_t j = 0;
  for (; kHasHalf && j + n <= values.size(); j += n) {
    const auto half = hn::BitCast(HalfTag(), hn::LoadU(HalfByteTag(), halves + 2 * j));
    hn::StoreU(hn::PromoteTo(d, half), d, values.data() + j);
  }
  return j;
}

#endif  // HWY_SCALAR

}  // namespace

bool all_finite_on_target(Span<const float> values) {
  float poison = 0.0F;
  for (std::size_t j = find_poison(values, poison); j < values.size(); ++j) {
    poison += values[j] * 0.0F;
  }
  return poison == 0.0F;
}

std::size_t count_zeros_on_target(Span<const float> values) {
  std::size_t zeros = 0;
  for (std::size_t j = count_front_zeros(values, zeros); j < values.size(); ++j) {
    zeros += values[j] == 0.0F ? 1 : 0;
  }
  return zeros;
}

std::size_t split_zeros_on_target(Span<const float> values, Span<std::uint8_t> mask,
                                  Span<float> kept) {
  std::fill(mask.begin(), mask.end(), std::uint8_t{0});
  std::size_t count = 0;
  for (std::size_t j = split_front(values, mask.data(), kept.data(), count); j < values.size();
       ++j) {
    if (values[j] == 0.0F) continue;
    mask[j / 8] = static_cast<std::uint8_t>(mask[j / 8] | 1U << j % 8);
    kept[count++] = values[j];
  }
  return count;
}

void merge_zeros_on_target(Span<const std::uint8_t> mask, const float* kept, Span<float> values) {
  // Without branches, which would be mispredicted.
  for (std::size_t j = merge_front(mask.data(), kept, values); j < values.size(); ++j) {
    const std::uint32_t is_kept = mask[j / 8] >> j % 8 & 1U;
    std::uint32_t bits = 0;
    std::memcpy(&bits, kept, sizeof bits);
    bits &= 0U - is_kept;
    std::memcpy(&values[j], &bits, sizeof bits);
    kept += is_kept;
  }
}

void narrow_on_target(Span<const float> values, Span<std::uint8_t> halves) {
  for (std::size_t j = narrow_front(values, halves.data()); j < values.size(); ++j) {
    const std::uint16_t half = to_half(values[j]);
    std::memcpy(halves.data() + 2 * j, &half, sizeof half);
  }
}

void widen_on_target(Span<const std::uint8_t> halves, Span<float> values) {
  for (std::size_t j = widen_front(halves.data(), values); j < values.size(); ++j) {
    std::uint16_t half = 0;
    std::memcpy(&half, halves.data() + 2 * j, sizeof half);
    values[j] = from_half(half);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace acceptlab::compression {

HWY_EXPORT(all_finite_on_target);
HWY_EXPORT(count_zeros_on_target);
HWY_EXPORT(split_zeros_on_target);
HWY_EXPORT(merge_zeros_on_target);
HWY_EXPORT(narrow_on_target);
HWY_EXPORT(widen_on_target);

bool all_finite(Span<const float> values) {
  return HWY_DYNAMIC_DISPATCH(all_finite_on_target)(values);
}
std::size_t count_zeros(Span<const float> values) {
  return HWY_DYNAMIC_DISPATCH(count_zeros_on_target)(values);
}
std::size_t split_zeros(Span<const float> values, Span<std::uint8_t> mask, Span<float> kept) {
  return HWY_DYNAMIC_DISPATCH(split_zeros_on_target)(values, mask, kept);
}
void merge_zeros(Span<const std::uint8_t> mask, const float* kept, Span<float> values) {
  HWY_DYNAMIC_DISPATCH(merge_zeros_on_target)(mask, kept, values);
}
void narrow(Span<const float> values, Span<std::uint8_t> halves) {
  HWY_DYNAMIC_DISPATCH(narrow_on_target)(values, halves);
}
void widen(Span<const std::uint8_t> halves, Span<float> values) {
  HWY_DYNAMIC_DISPATCH(widen_on_target)(halves, values);
}

}  // namespace acceptlab::compression
#endif
