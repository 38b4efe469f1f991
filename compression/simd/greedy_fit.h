// Fit::kGreedy: plane after plane.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_GREEDY_FIT_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_GREEDY_FIT_H
#undef ACCEPTLAB_COMPRESSION_SIMD_GREEDY_FIT_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_GREEDY_FIT_H
#endif

#include <cmath>

#include "compression/simd/plane_steps.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

template <int kField>
HWY_INLINE void push_first_field(const float* x, Floats offset, Words& plane, LaneSum& sum) {
  const Floats r = hn::Sub(hn::LoadU(FloatTag(), x + kField * kLanes), offset);
  plane = push_sign(plane, r);
  sum.add<kField>(hn::Abs(r));
}

// First plane: signs of the residuals. Returns the sum of their magnitudes.
HWY_INLINE float push_first_plane(const EncodeGroup& group, float offset, int bits, Rest& rest) {
  const Floats m = hn::Set(FloatTag(), offset);
  LaneSums<kSumLanes> sums;
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    LaneSum sum;
    for (std::size_t j = 0; j < rest.first; j += kBlock) {
      Words negative = hn::Zero(WordTag());
      const float* x = group.values.data() + j + lane;
      for (const float* end = x + kBlock; x != end; x += kStride) {
        push_first_field<0>(x, m, negative, sum);
        push_first_field<1>(x, m, negative, sum);
        push_first_field<2>(x, m, negative, sum);
        push_first_field<3>(x, m, negative, sum);
      }
      store_words(hn::Not(negative), group.codes.data() + packed_size(j, bits) + 4 * lane);
    }
    sum.store(lane, sums);
  }
  for (std::size_t i = 0; i < rest.count; ++i) {
    const float r = group.values[rest.first + i] - offset;
    rest.codes[i] = std::signbit(r) ? 0 : 1;
    sums.add(i, std::fabs(r));
  }
  return sums.total();
}

// What a later pass reads: values at first, from which it takes the offset, then the magnitudes of
// what was left; and what it takes off.
struct Step {
  const float* from;
  float offset;
  float alpha;
  int plane;
};

template <bool kFirst, int kField>
HWY_INLINE void push_next_field(const float* x, float* left, Floats offset, Floats alpha,
                                Words& turned, LaneSum& sum) {
  const FloatTag d;
  Floats r = hn::LoadU(d, x + kField * kLanes);
  if constexpr (kFirst) r = hn::Abs(hn::Sub(r, offset));
  r = hn::Sub(r, alpha);
  turned = push_sign(turned, r);
  r = hn::Abs(r);
  sum.add<kField>(r);
  hn::StoreU(r, d, left + kField * kLanes);
}

// Behind the last block: adds bit `plane` to the codes.
template <bool kFirst>
HWY_INLINE void push_next_rest(const Step& step, float* left, Rest& rest,
                               LaneSums<kSumLanes>& sums) {
  for (std::size_t i = 0; i < rest.count; ++i) {
    const std::size_t j = rest.first + i;
    const float before = kFirst ? std::fabs(step.from[j] - step.offset) : step.from[j];
    const float r = before - step.alpha;
    const unsigned turned = std::signbit(r) ? 1U : 0U;
    const unsigned sign = (rest.codes[i] >> (step.plane - 1) & 1U) ^ turned;
    rest.codes[i] = static_cast<std::uint8_t>(rest.codes[i] | sign << step.plane);
    left[j] = std::fabs(r);
    sums.add(i, left[j]);
  }
}

// Plane `step.plane` from 1 on: takes alpha off the magnitudes; a value that is thereby less than 0
// turns the sign of the plane before. Leaves the magnitudes of what is left in `left` and returns
// their sum.
template <bool kFirst>
HWY_INLINE float push_next_plane(const EncodeGroup& group, const Step& step, int bits,
                                 float* HWY_RESTRICT left, Rest& rest) {
  const FloatTag d;
  const Floats m = hn::Set(d, step.offset);
  const Floats a = hn::Set(d, step.alpha);
  LaneSums<kSumLanes> sums;
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    LaneSum sum;
    for (std::size_t j = 0; j < rest.first; j += kBlock) {
      Words turned = hn::Zero(WordTag());
      const float* x = step.from + j + lane;
      float* y = left + j + lane;
      for (const float* end = x + kBlock; x != end; x += kStride, y += kStride) {
        push_next_field<kFirst, 0>(x, y, m, a, turned, sum);
        push_next_field<kFirst, 1>(x, y, m, a, turned, sum);
        push_next_field<kFirst, 2>(x, y, m, a, turned, sum);
        push_next_field<kFirst, 3>(x, y, m, a, turned, sum);
      }
      std::uint8_t* plane = group.codes.data() + packed_size(j, bits) +
                            static_cast<std::size_t>(step.plane) * kPlaneBytes + 4 * lane;
      store_words(hn::Xor(turned, load_words(plane - kPlaneBytes)), plane);
    }
    sum.store(lane, sums);
  }
  push_next_rest<kFirst>(step, left, rest, sums);
  return sums.total();
}

inline bool fit_greedy(const EncodeJob& job, const EncodeGroup& group, PlaneScales& scales,
                       Rest& rest) {
  const int bits = job.spec.bits;
  const float inverse_count = 1.0F / static_cast<float>(group.values.size());
  float sum = push_first_plane(group, scales.offset, bits, rest);
  if (!is_encodable(group.values, scales.offset, sum)) return false;
  scales.alpha[0] = sum * inverse_count;
  float* left = job.scratch.data();
  for (int plane = 1; plane < bits; ++plane) {
    const float alpha = scales.alpha[static_cast<std::size_t>(plane - 1)];
    sum = plane == 1
              ? push_next_plane<true>(group, {group.values.data(), scales.offset, alpha, plane},
                                      bits, left, rest)
              : push_next_plane<false>(group, {left, 0.0F, alpha, plane}, bits, left, rest);
    scales.alpha[static_cast<std::size_t>(plane)] = sum * inverse_count;
  }
  return true;
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
