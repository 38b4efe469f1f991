// Lowest and highest of floats, found fast.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_EXTREMES_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_EXTREMES_H
#undef ACCEPTLAB_COMPRESSION_SIMD_EXTREMES_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_EXTREMES_H
#endif

#include <algorithm>

#include "compression/group_math.h"
#include "compression/simd/lanes16.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

// For values used more than once: GCC would load them again for each use.
HWY_INLINE Floats load_once(const float* x) {
  Floats v = hn::LoadU(FloatTag(), x);
#if HWY_ARCH_X86
  asm("" : "+v"(v.raw));
#endif
  return v;
}

// Lowest and highest of floats, by their bits as integers: processors that compare two vectors of
// floats in a cycle compare four of integers, and a NaN counts as larger than infinity. Integers
// order floats without a sign; with one, the largest unsigned integer is the lowest.
struct BitExtent {
  Integers most_signed;
  Words most;
  Words least;

  HWY_INLINE BitExtent() { restart(); }
  HWY_INLINE void restart() {
    most_signed = hn::Set(IntegerTag(), INT32_MIN);
    most = hn::Zero(WordTag());
    least = hn::Set(WordTag(), UINT32_MAX);
  }
  HWY_INLINE void add(const float* x) {
    const Floats v = load_once(x);
    const Words bits = hn::BitCast(WordTag(), v);
    most_signed = hn::Max(most_signed, hn::BitCast(IntegerTag(), v));
    most = hn::Max(most, bits);
    least = hn::Min(least, bits);
  }
  HWY_INLINE void add(const BitExtent& other) {
    most_signed = hn::Max(most_signed, other.most_signed);
    most = hn::Max(most, other.most);
    least = hn::Min(least, other.least);
  }
  // NaN where a value was. Requires: some values.
  HWY_INLINE Extremes extremes() const {
    const std::uint32_t smallest = hn::GetLane(hn::MinOfLanes(WordTag(), least));
    const std::uint32_t largest = hn::GetLane(hn::MaxOfLanes(WordTag(), most));
    const std::int32_t highest = hn::GetLane(hn::MaxOfLanes(IntegerTag(), most_signed));
    const std::uint32_t low = largest >> 31 != 0 ? largest : smallest;
    const std::uint32_t high = highest < 0 ? smallest : static_cast<std::uint32_t>(highest);
    return {float_of(low), float_of(high)};
  }
};

HWY_INLINE Extremes find_extremes(Span<const float> values) {
  constexpr std::size_t kChains = 4;
  const std::size_t n = vector_lanes();
  const float* x = values.data();
  BitExtent extent[kChains];
  std::size_t j = 0;
  for (; j + kChains * n <= values.size(); j += kChains * n) {
    for (std::size_t c = 0; c < kChains; ++c) extent[c].add(x + j + c * n);
  }
  for (; j + n <= values.size(); j += n) extent[0].add(x + j);
  if (j < values.size()) {
    float last[kLanes];
    std::fill(last, last + kLanes, x[j]);
    std::copy(x + j, values.end(), last);
    extent[0].add(last);
  }
  for (std::size_t c = 1; c < kChains; ++c) extent[0].add(extent[c]);
  return extent[0].extremes();
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
