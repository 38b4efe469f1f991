// Fit::kRefined: a clipped uniform quantizer, then least squares.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_REFINED_FIT_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_REFINED_FIT_H
#undef ACCEPTLAB_COMPRESSION_SIMD_REFINED_FIT_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_REFINED_FIT_H
#endif

#include <algorithm>
#include <array>
#include <cmath>

#include "compression/simd/plane_steps.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

// What the clip is chosen by.
struct Statistics {
  float magnitudes = 0.0F;
  float squares = 0.0F;
  float largest = 0.0F;
};

struct LaneStatistics {
  LaneSum magnitudes;
  LaneSum squares;
  Floats largest;
  HWY_INLINE LaneStatistics() : largest(hn::Zero(FloatTag())) {}

  template <int kField>
  HWY_INLINE void add(const float* x, Floats offset) {
    const Floats r = hn::Sub(hn::LoadU(FloatTag(), x + kField * kLanes), offset);
    const Floats magnitude = hn::Abs(r);
    magnitudes.add<kField>(magnitude);
    squares.add<kField>(hn::Mul(r, r));
    largest = hn::Max(largest, magnitude);
  }
};

HWY_INLINE Statistics statistics_of(Span<const float> values, float offset) {
  const FloatTag d;
  const Floats m = hn::Set(d, offset);
  const std::size_t whole = values.size() / kSumLanes * kSumLanes;
  LaneSums<kSumLanes> magnitudes, squares;
  Floats largest = hn::Zero(d);
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    LaneStatistics sum;
    for (const float* x = values.data() + lane; x < values.data() + whole; x += kSumLanes) {
      sum.add<0>(x, m);
      sum.add<1>(x, m);
      sum.add<2>(x, m);
      sum.add<3>(x, m);
    }
    sum.magnitudes.store(lane, magnitudes);
    sum.squares.store(lane, squares);
    largest = hn::Max(largest, sum.largest);
  }
  Statistics all;
  all.largest = hn::GetLane(hn::MaxOfLanes(d, largest));
  for (std::size_t j = whole; j < values.size(); ++j) {
    const float r = values[j] - offset;
    magnitudes.add(j, std::fabs(r));
    squares.add(j, r * r);
    all.largest = std::max(all.largest, std::fabs(r));
  }
  all.magnitudes = magnitudes.total();
  all.squares = squares.total();
  return all;
}

// Parameters of the refined fit's start, spread over lanes.
struct StartParameters {
  Floats offset;
  Floats shift;
  Floats inverse;
  Floats highest;
};

// For each of the last kPlanes planes its word of a block, and the sum of the values that are
// turned where it adds; a list of members, not an array, so that they stay in registers.
template <int kPlanes>
struct PlaneWork {
  Words plane;
  Floats turned;
  PlaneWork<kPlanes - 1> others;
  HWY_INLINE PlaneWork() : plane(hn::Zero(WordTag())), turned(hn::Zero(FloatTag())) {}
};
template <>
struct PlaneWork<0> {
  HWY_INLINE PlaneWork() {}
};

// Bit kPlanes - 1 of the level belongs to the first plane, and so on.
template <int kPlanes>
HWY_INLINE void push_level(Words level, Floats r, PlaneWork<kPlanes>& work) {
  const FloatTag d;
  const Words as_sign = hn::ShiftLeft<32 - kPlanes>(level);
  work.plane = push_sign(work.plane, hn::BitCast(d, as_sign));
  const Words sign = hn::And(as_sign, hn::Set(WordTag(), 0x80000000U));
  work.turned = hn::Add(work.turned, hn::BitCast(d, hn::Xor(hn::BitCast(WordTag(), r), sign)));
  if constexpr (kPlanes > 1) push_level(level, r, work.others);
}

template <int kBits, int kField>
HWY_INLINE void start_field(const float* x, const StartParameters& p, PlaneWork<kBits>& work) {
  const FloatTag d;
  const Floats r = hn::Sub(hn::LoadU(d, x + kField * kLanes), p.offset);
  Floats t = hn::Mul(hn::Add(r, p.shift), p.inverse);
  t = hn::Min(hn::Max(t, hn::Zero(d)), p.highest);
  const Words level = hn::BitCast(WordTag(), hn::Add(t, hn::Set(d, kRoundToInteger)));
  push_level(level, r, work);
}

template <int kPlanes>
HWY_INLINE void store_planes(PlaneWork<kPlanes>& work, std::uint8_t* out) {
  store_words(work.plane, out);
  work.plane = hn::Zero(WordTag());
  if constexpr (kPlanes > 1) store_planes(work.others, out + kPlaneBytes);
}

using TurnedSums = std::array<LaneSums<kPlaneLanes>, kMaxBits>;

template <int kPlanes>
HWY_INLINE void store_turned(const PlaneWork<kPlanes>& work, std::size_t lane,
                             LaneSums<kPlaneLanes>* sums) {
  hn::StoreU(work.turned, FloatTag(), sums->lane.data() + lane);
  if constexpr (kPlanes > 1) store_turned(work.others, lane, sums + 1);
}

// How often each two planes of the blocks differ.
template <int kBits>
HWY_INLINE void count_differing(Span<const std::uint8_t> blocks, PlaneProducts& products) {
  const ByteTag d8;
  const hn::Repartition<std::uint64_t, ByteTag> d64;
  const std::size_t step = hn::Lanes(d8);
  for (int i = 1; i < kBits; ++i) {
    for (int j = 0; j < i; ++j) {
      auto count = hn::Zero(d64);
      const std::uint8_t* a = blocks.data() + static_cast<std::size_t>(i) * kPlaneBytes;
      const std::uint8_t* b = blocks.data() + static_cast<std::size_t>(j) * kPlaneBytes;
      for (; b < blocks.end(); a += kBits * kPlaneBytes, b += kBits * kPlaneBytes) {
        for (std::size_t w = 0; w < kPlaneBytes; w += step) {
          const auto differing = hn::Xor(hn::LoadU(d8, a + w), hn::LoadU(d8, b + w));
          count = hn::Add(count, hn::SumsOf8(hn::PopulationCount(differing)));
        }
      }
      products.differing[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] =
          static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(d64, count)));
    }
  }
}

// Behind the last block: codes, and what they add to the sums.
template <int kBits>
HWY_INLINE void start_rest(const EncodeGroup& group, float offset, const ClipScale& scale,
                           Rest& rest, TurnedSums& turned, PlaneProducts& products) {
  for (std::size_t k = 0; k < rest.count; ++k) {
    const float r = group.values[rest.first + k] - offset;
    const unsigned code = code_of_level(start_level(r, scale, kBits), kBits);
    rest.codes[k] = static_cast<std::uint8_t>(code);
    for (unsigned i = 0; i < kBits; ++i) {
      turned[i].add(k, (code >> i & 1) != 0 ? -r : r);
      for (unsigned j = 0; j < i; ++j) products.differing[i][j] += (code >> i ^ code >> j) & 1;
    }
  }
}

template <int kBits>
HWY_INLINE PlaneProducts start_planes(const EncodeGroup& group, float offset,
                                      const ClipScale& scale, Rest& rest) {
  const FloatTag d;
  const StartParameters p{hn::Set(d, offset), hn::Set(d, scale.shift), hn::Set(d, scale.inverse),
                          hn::Set(d, static_cast<float>((1U << kBits) - 1))};
  TurnedSums turned{};
#pragma GCC unroll 1
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    PlaneWork<kBits> work;
    for (std::size_t j = 0; j < rest.first; j += kBlock) {
      const float* x = group.values.data() + j + lane;
      for (const float* end = x + kBlock; x != end; x += kStride) {
        start_field<kBits, 0>(x, p, work);
        start_field<kBits, 1>(x, p, work);
        start_field<kBits, 2>(x, p, work);
        start_field<kBits, 3>(x, p, work);
      }
      store_planes(work, group.codes.data() + packed_size(j, kBits) + 4 * lane);
    }
    store_turned(work, lane, turned.data());
  }
  PlaneProducts products;
  products.count = group.values.size();
  const Span<const std::uint8_t> blocks(group.codes.data(), packed_size(rest.first, kBits));
  count_differing<kBits>(blocks, products);
  start_rest<kBits>(group, offset, scale, rest, turned, products);
  for (std::size_t i = 0; i < kBits; ++i) products.turned_sum[i] = turned[i].total();
  return products;
}

template <int kBits>
bool fit_refined(const EncodeJob& job, const EncodeGroup& group, PlaneScales& scales, Rest& rest) {
  const Statistics statistics = statistics_of(group.values, scales.offset);
  if (!is_encodable(group.values, scales.offset, statistics.magnitudes)) return false;
  const ClipScale scale = clip_scale(statistics.magnitudes, statistics.squares, statistics.largest,
                                     group.values.size(), kBits, job.spec.offset);
  set_start(scale, kBits, scales);
  fit_alphas(start_planes<kBits>(group, scales.offset, scale, rest), kBits, scales);
  return true;
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
