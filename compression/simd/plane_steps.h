// What the fits of mbq share.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_PLANE_STEPS_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_PLANE_STEPS_H
#undef ACCEPTLAB_COMPRESSION_SIMD_PLANE_STEPS_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_PLANE_STEPS_H
#endif

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
  std::uint8_t codes[kBlock] = {};
};

// Whether all values can be encoded, told from sums that are there anyway; only where these are
// huge or NaN are the values looked at.
HWY_INLINE bool is_encodable(Span<const float> values, float offset, float sum_of_magnitudes) {
  constexpr float kHalf = kMaxMagnitude / 2;
  return (std::fabs(offset) <= kHalf && sum_of_magnitudes <= kHalf) || all_encodable(values);
}

HWY_INLINE float mean(Span<const float> values) {
  const float sum = sum_of(
      values, [](auto v) HWY_ATTR { return v; }, [](float v) { return v; });
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

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
