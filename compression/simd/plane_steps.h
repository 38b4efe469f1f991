// What the fits of mbq share.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_PLANE_STEPS_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_PLANE_STEPS_H
#undef ACCEPTLAB_COMPRESSION_SIMD_PLANE_STEPS_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_PLANE_STEPS_H
#endif

#include <hwy/cache_control.h>

#include <cmath>

#include "compression/group_view.h"
#include "compression/scalar_steps.h"
#include "compression/simd/vectors.h"
#include "compression/simd/wide_sum.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

constexpr std::size_t kPlaneBytes = kBlock / 8;

// The codes behind the last whole block, as the fits find their bits.
struct Rest {
  std::size_t first = 0;  // index in the group
  std::size_t count = 0;
  std::uint8_t codes[kBlock];
  std::int16_t left[kBlock];  // Fit::kGreedy: magnitudes that the planes so far left
};

// Whether all values can be encoded, told from sums that are there anyway; only where these are
// huge or NaN are the values looked at.
HWY_INLINE bool is_encodable(Span<const float> values, float offset, float sum_of_magnitudes) {
  constexpr float kHalf = kMaxMagnitude / 2;
  return (std::fabs(offset) <= kHalf && sum_of_magnitudes <= kHalf) || all_encodable(values);
}

HWY_INLINE float sum_of(Span<const float> values) {
  return sum_of(
      values, [](auto v) HWY_ATTR { return v; }, [](float v) { return v; });
}
HWY_INLINE float mean(float sum, Span<const float> values) {
  return sum * (1.0F / static_cast<float>(values.size()));
}

// Adds the sign bits of 32 vectors to a plane: field 0 ends at bit 0.
HWY_INLINE Words push_sign(Words plane, Floats value) {
  const WordTag du;
  return hn::OrAnd(hn::ShiftRight<1>(plane), hn::BitCast(du, value), hn::Set(du, 0x80000000U));
}

// The passes go over one vector of lanes of a block four fields at a time, in loops: unrolled as a
// whole they would keep more in registers than there are.
constexpr std::size_t kStride = 4 * kLanes;

// What a fit needs to know of a group before its first pass over it.
struct Extent {
  float sum = 0.0F;  // of the values; NaN where one is
  float low = 0.0F;
  float high = 0.0F;
};

// The next group. Greedy fits look at it beside the first pass over the group in front of it:
// reading one overlaps with computing the other. Only whole groups of whole blocks are looked at.
struct Lookahead {
  std::size_t first = 0;  // index of the group's first value; 0 where there is none
  Extent extent;

  bool is_about(const EncodeGroup& group) const { return first != 0 && first == group.first; }
  // Its values; where there is none, those of `group`, to be looked at in vain.
  const float* move_behind(const EncodeJob& job, const EncodeGroup& group) {
    const std::size_t size = group.values.size();
    const bool exists = size % kBlock == 0 && group.first + 2 * size <= job.values.size();
    first = exists ? group.first + size : 0;
    return group.values.data() + (exists ? size : 0);
  }
};

// Calls 64 values into the nearest cache.
HWY_INLINE void prefetch_rows(const float* x) {
  for (std::size_t i = 0; i < kStride; i += kLanes) hwy::Prefetch(x + i);
}

// Values this far behind those looked at are fetched.
constexpr std::size_t kFetchAhead = 1024;

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
