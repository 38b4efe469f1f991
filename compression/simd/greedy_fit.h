// Fit::kGreedy: plane after plane.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_GREEDY_FIT_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_GREEDY_FIT_H
#undef ACCEPTLAB_COMPRESSION_SIMD_GREEDY_FIT_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_GREEDY_FIT_H
#endif

#include <algorithm>
#include <cmath>

#include "compression/simd/lanes16.h"
#include "compression/simd/plane_steps.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

template <int kField>
HWY_INLINE void push_only_field(const float* x, Floats offset, Words& plane, LaneSum& sum) {
  const Floats r = hn::Sub(hn::LoadU(FloatTag(), x + kField * kLanes), offset);
  plane = push_sign(plane, r);
  sum.add<kField>(hn::Abs(r));
}

// Adds 4 rows of the next group.
HWY_INLINE void look_at_rows(const float* x, LaneSum& sum) {
  const FloatTag d;
  prefetch_rows(x + kFetchAhead);
  sum.add<0>(hn::LoadU(d, x));
  sum.add<1>(hn::LoadU(d, x + kLanes));
  sum.add<2>(hn::LoadU(d, x + 2 * kLanes));
  sum.add<3>(hn::LoadU(d, x + 3 * kLanes));
}

// The plane of one bit: signs of the residuals. Returns the sum of their magnitudes; `next_sum`
// becomes that of the values from `next` on.
HWY_INLINE float push_only_plane(const EncodeGroup& group, float offset, const float* next,
                                 Rest& rest, float& next_sum) {
  const Floats m = hn::Set(FloatTag(), offset);
  LaneSums<kSumLanes> sums, next_sums;
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    LaneSum sum, of_next;
    const float* ahead = next + lane;
    for (std::size_t j = 0; j < rest.first; j += kBlock) {
      Words negative = hn::Zero(WordTag());
      const float* x = group.values.data() + j + lane;
      for (const float* end = x + kBlock; x != end; x += kStride, ahead += kStride) {
        look_at_rows(ahead, of_next);
        push_only_field<0>(x, m, negative, sum);
        push_only_field<1>(x, m, negative, sum);
        push_only_field<2>(x, m, negative, sum);
        push_only_field<3>(x, m, negative, sum);
      }
      store_words(hn::Not(negative), group.codes.data() + packed_size(j, 1) + 4 * lane);
    }
    if constexpr (kOneVector) {
      next_sum = of_next.total();
      if (rest.count == 0) return sum.total();
    }
    sum.store(lane, sums);
    of_next.store(lane, next_sums);
  }
  if constexpr (!kOneVector) next_sum = next_sums.total();
  for (std::size_t i = 0; i < rest.count; ++i) {
    const float r = group.values[rest.first + i] - offset;
    rest.codes[i] = std::signbit(r) ? 0 : 1;
    sums.add(i, std::fabs(r));
  }
  return sums.total();
}

inline bool fit_one_plane(const EncodeJob& job, const EncodeGroup& group, PlaneScales& scales,
                          Rest& rest, Lookahead& next) {
  if (job.spec.offset) {
    const float sum = next.is_about(group) ? next.extent.sum : sum_of(group.values);
    scales.offset = mean(sum, group.values);
  }
  const float* ahead = next.move_behind(job, group);
  const float sum = push_only_plane(group, scales.offset, ahead, rest, next.extent.sum);
  if (!is_encodable(group.values, scales.offset, sum)) return false;
  scales.alpha[0] = mean(sum, group.values);
  return true;
}

// One vector of lanes of an extent; two chains each keep up with the loads.
struct LaneExtent {
  LaneSum sum;
  Floats low0, low1, high0, high1;

  HWY_INLINE explicit LaneExtent(float first)
      : low0(hn::Set(FloatTag(), first)), low1(low0), high0(low0), high1(low0) {}

  template <int kField>
  HWY_INLINE void add(const float* x) {
    const Floats v = hn::LoadU(FloatTag(), x + kField * kLanes);
    sum.add<kField>(v);
    Floats& low = kField % 2 == 0 ? low0 : low1;
    Floats& high = kField % 2 == 0 ? high0 : high1;
    low = hn::Min(low, v);
    high = hn::Max(high, v);
  }
  HWY_INLINE void add_rows(const float* x) {
    add<0>(x);
    add<1>(x);
    add<2>(x);
    add<3>(x);
  }
  // Of all lanes. Requires: kOneVector.
  HWY_INLINE Extent total() const {
    const FloatTag d;
    return {sum.total(), hn::GetLane(hn::MinOfLanes(d, hn::Min(low0, low1))),
            hn::GetLane(hn::MaxOfLanes(d, hn::Max(high0, high1)))};
  }
  HWY_INLINE void widen(Extent& extent) const {
    const FloatTag d;
    extent.low = std::min(extent.low, hn::GetLane(hn::MinOfLanes(d, hn::Min(low0, low1))));
    extent.high = std::max(extent.high, hn::GetLane(hn::MaxOfLanes(d, hn::Max(high0, high1))));
  }
};

HWY_INLINE Extent extent_of(Span<const float> values) {
  const std::size_t whole = values.size() / kSumLanes * kSumLanes;
  Extent all{0.0F, values[0], values[0]};
  LaneSums<kSumLanes> sums;
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    LaneExtent extent(values[0]);
    for (const float* x = values.data() + lane; x < values.data() + whole; x += kSumLanes) {
      extent.add_rows(x);
    }
    extent.widen(all);
    if constexpr (kOneVector) {
      if (whole == values.size()) return {extent.sum.total(), all.low, all.high};
    }
    extent.sum.store(lane, sums);
  }
  for (std::size_t j = whole; j < values.size(); ++j) {
    sums.add(j, values[j]);
    all.low = std::min(all.low, values[j]);
    all.high = std::max(all.high, values[j]);
  }
  all.sum = sums.total();
  return all;
}

// Fixed point of a vector: x * scale - offset * scale. A scale is a power of 2, which makes the
// product exact: fused or not, the result is rounded once.
struct FixedPoint {
  Floats scale;
  Floats shift;  // -offset * scale
};

// Fields m and m + 16 at `x` in fixed point; adds their signs to the plane.
HWY_INLINE Shorts push_first_rows(const float* x, const FixedPoint& p, Bits& negative) {
  const FloatTag d;
  const IntegerTag di;
  const Floats lower = hn::MulAdd(hn::LoadU(d, x), p.scale, p.shift);
  const Floats upper = hn::MulAdd(hn::LoadU(d, x + kHalfBlock), p.scale, p.shift);
  // As integers, floats saturate to the shorts of their signs: those of tiny values count.
  negative = push_signs(negative, narrow_rows(hn::BitCast(di, lower), hn::BitCast(di, upper)));
  return hn::Abs(narrow_rows(nearest_integers(lower), nearest_integers(upper)));
}

// Magnitudes of at most kMostFixed: their sum still fits.
HWY_INLINE Shorts sum_of_four(Shorts a, Shorts b, Shorts c, Shorts d) {
  return hn::Add(hn::Add(a, b), hn::Add(c, d));
}

// The first of several planes: signs of the residuals. Leaves their magnitudes in fixed point, 16
// rows after each other, and returns the sum.
HWY_INLINE std::uint64_t push_first_plane(const EncodeJob& job, const EncodeGroup& group,
                                          float offset, float scale, Rest& rest, Lookahead& next) {
  const int bits = job.spec.bits;
  std::int16_t* left = job.scratch.data();
  const float* ahead = next.move_behind(job, group);
  LaneExtent extent(*ahead);
  const FloatTag d;
  const ShortTag d16;
  const FixedPoint p{hn::Set(d, scale), hn::Set(d, -offset * scale)};
  const std::size_t step = hn::Lanes(d16);
  IntegerSum sum;
  for (std::size_t j = 0; j < rest.first; j += kBlock) {
    std::uint8_t* plane = group.codes.data() + packed_size(j, bits);
    for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
      Bits negative = hn::Zero(BitTag());
      const float* x = group.values.data() + j + lane;
      for (const float* end = x + kHalfBlock; x != end; x += kStride, left += 4 * step) {
        if constexpr (kOneVector) {
          extent.add_rows(ahead);
          extent.add_rows(ahead + kStride);
        }
        if (lane == 0) {
          prefetch_rows(ahead + kFetchAhead);
          prefetch_rows(ahead + kStride + kFetchAhead);
          ahead += 2 * kStride;
        }
        const Shorts a = push_first_rows(x, p, negative);
        const Shorts b = push_first_rows(x + kLanes, p, negative);
        const Shorts c = push_first_rows(x + 2 * kLanes, p, negative);
        const Shorts e = push_first_rows(x + 3 * kLanes, p, negative);
        hn::StoreU(a, d16, left);
        hn::StoreU(b, d16, left + step);
        hn::StoreU(c, d16, left + 2 * step);
        hn::StoreU(e, d16, left + 3 * step);
        sum.add(sum_of_four(a, b, c, e));
      }
      store_words(as_words(hn::Not(negative)), plane + 4 * lane);
    }
  }
  if constexpr (kOneVector) next.extent = extent.total();
  std::uint64_t total = sum.total();
  for (std::size_t i = 0; i < rest.count; ++i) {
    const float r = group.values[rest.first + i] - offset;
    rest.codes[i] = std::signbit(r) ? 0 : 1;
    rest.left[i] = static_cast<std::int16_t>(fixed_magnitude(r, scale));
    total += static_cast<std::uint64_t>(rest.left[i]);
  }
  return total;
}

template <bool kLast>
HWY_INLINE Shorts push_next_rows(std::int16_t* left, Shorts alpha, Bits& turned) {
  const ShortTag d16;
  const Shorts r = hn::Sub(hn::LoadU(d16, left), alpha);
  turned = push_signs(turned, r);
  const Shorts magnitude = hn::Abs(r);
  if constexpr (!kLast) hn::StoreU(magnitude, d16, left);
  return magnitude;
}

// Plane `plane` from 1 on: takes alpha off the magnitudes; a value that is thereby less than 0
// turns the sign of the plane before. Leaves the magnitudes of what is left, unless it is the last,
// and returns their sum.
template <bool kLast>
HWY_INLINE std::uint64_t push_next_plane(const EncodeGroup& group, int plane, std::int16_t alpha,
                                         int bits, std::int16_t* left, Rest& rest) {
  const Shorts a = hn::Set(ShortTag(), alpha);
  const std::size_t step = hn::Lanes(ShortTag());
  IntegerSum sum;
  for (std::size_t j = 0; j < rest.first; j += kBlock) {
    std::uint8_t* out =
        group.codes.data() + packed_size(j, bits) + static_cast<std::size_t>(plane) * kPlaneBytes;
    for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes(), out += sizeof(Words)) {
      Bits turned = hn::Zero(BitTag());
      for (std::size_t row = 0; row < kRowsOfHalf; row += 4, left += 4 * step) {
        const Shorts r0 = push_next_rows<kLast>(left, a, turned);
        const Shorts r1 = push_next_rows<kLast>(left + step, a, turned);
        const Shorts r2 = push_next_rows<kLast>(left + 2 * step, a, turned);
        const Shorts r3 = push_next_rows<kLast>(left + 3 * step, a, turned);
        sum.add(sum_of_four(r0, r1, r2, r3));
      }
      store_words(hn::Xor(as_words(turned), load_words(out - kPlaneBytes)), out);
    }
  }
  std::uint64_t total = sum.total();
  for (std::size_t i = 0; i < rest.count; ++i) {
    const int r = rest.left[i] - alpha;
    rest.codes[i] = push_plane(rest.codes[i], plane, r < 0);
    rest.left[i] = static_cast<std::int16_t>(std::abs(r));
    total += static_cast<std::uint64_t>(rest.left[i]);
  }
  return total;
}

inline bool fit_greedy(const EncodeJob& job, const EncodeGroup& group, PlaneScales& scales,
                       Rest& rest, Lookahead& next) {
  const int bits = job.spec.bits;
  const std::size_t count = group.values.size();
  const bool known = kOneVector && next.is_about(group);
  const Extent extent = known ? next.extent : extent_of(group.values);
  // Only the sum shows a NaN.
  if (!within_magnitude({extent.low, extent.high}) || std::isnan(extent.sum)) return false;
  if (job.spec.offset) scales.offset = mean(extent.sum, group.values);
  const float scale = fixed_scale(
      std::max(std::fabs(extent.high - scales.offset), std::fabs(extent.low - scales.offset)));
  std::int16_t* left = job.scratch.data();
  FixedMean mean =
      fixed_mean(push_first_plane(job, group, scales.offset, scale, rest, next), count, scale);
  scales.alpha[0] = mean.alpha;
  for (int plane = 1; plane < bits; ++plane) {
    const std::uint64_t sum =
        plane + 1 < bits ? push_next_plane<false>(group, plane, mean.fixed, bits, left, rest)
                         : push_next_plane<true>(group, plane, mean.fixed, bits, left, rest);
    mean = fixed_mean(sum, count, scale);
    scales.alpha[static_cast<std::size_t>(plane)] = mean.alpha;
  }
  return true;
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
