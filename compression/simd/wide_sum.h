// Sums over a group in the fixed order of sums.h; included once a pass of foreach_target.h.
// Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_WIDE_SUM_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_WIDE_SUM_H
#undef ACCEPTLAB_COMPRESSION_SIMD_WIDE_SUM_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_WIDE_SUM_H
#endif

#include "compression/simd/vectors.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

// Whether a vector has all lanes of the format: then sums without a rest are folded in registers.
constexpr bool kOneVector = hn::MaxLanes(FloatTag()) == kLanes;

// Adds lanes in halves.
template <typename D>
HWY_INLINE float fold(D /*tag*/, hn::Vec<D> v) {
  if constexpr (hn::MaxLanes(D()) > 4) {
    const hn::Half<D> half;
    return fold(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  } else {
    v = hn::Add(v, hn::Shuffle1032(v));
    return hn::GetLane(hn::Add(v, hn::Shuffle2301(v)));
  }
}

// The partial sums that one vector of lanes goes into: those of fields 0, 1, 2 and 3 modulo 4. As
// members with names they stay in registers.
struct LaneSum {
  Floats field0;
  Floats field1;
  Floats field2;
  Floats field3;
  HWY_INLINE LaneSum()
      : field0(hn::Zero(FloatTag())),
        field1(hn::Zero(FloatTag())),
        field2(hn::Zero(FloatTag())),
        field3(hn::Zero(FloatTag())) {}

  template <int kField>
  HWY_INLINE void add(Floats values) {
    Floats& sum = kField % 4 == 0   ? field0
                  : kField % 4 == 1 ? field1
                  : kField % 4 == 2 ? field2
                                    : field3;
    sum = hn::Add(sum, values);
  }
  // The sum of all 64, in the order of LaneSums::total(). Requires: kOneVector.
  HWY_INLINE float total() const {
    return fold(FloatTag(), hn::Add(hn::Add(field0, field2), hn::Add(field1, field3)));
  }
  // Into the 64 sums; `lane` is that of its first value.
  HWY_INLINE void store(std::size_t lane, LaneSums<kSumLanes>& sums) const {
    const FloatTag d;
    hn::StoreU(field0, d, sums.lane.data() + lane);
    hn::StoreU(field1, d, sums.lane.data() + kLanes + lane);
    hn::StoreU(field2, d, sums.lane.data() + 2 * kLanes + lane);
    hn::StoreU(field3, d, sums.lane.data() + 3 * kLanes + lane);
  }
};

// The sum of a term of every value, given for a vector and for one value.
template <typename VectorTerm, typename Term>
HWY_INLINE float sum_of(Span<const float> values, const VectorTerm& vector_term, const Term& term) {
  const FloatTag d;
  const std::size_t whole = values.size() / kSumLanes * kSumLanes;
  LaneSums<kSumLanes> sums;
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    LaneSum sum;
    for (const float* x = values.data() + lane; x < values.data() + whole; x += kSumLanes) {
      sum.add<0>(vector_term(hn::LoadU(d, x)));
      sum.add<1>(vector_term(hn::LoadU(d, x + kLanes)));
      sum.add<2>(vector_term(hn::LoadU(d, x + 2 * kLanes)));
      sum.add<3>(vector_term(hn::LoadU(d, x + 3 * kLanes)));
    }
    if constexpr (kOneVector) {
      if (whole == values.size()) return sum.total();
    }
    sum.store(lane, sums);
  }
  for (std::size_t j = whole; j < values.size(); ++j) sums.add(j, term(values[j]));
  return sums.total();
}

HWY_INLINE float sum_of_squares(Span<const float> values) {
  return sum_of(
      values, [](auto v) HWY_ATTR { return hn::Mul(v, v); }, [](float v) { return v * v; });
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
