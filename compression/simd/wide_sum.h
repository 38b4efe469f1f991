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
