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

#include "compression/simd/lanes16.h"
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
  Floats largest_even;
  Floats largest_odd;
  HWY_INLINE LaneStatistics()
      : largest_even(hn::Zero(FloatTag())), largest_odd(hn::Zero(FloatTag())) {}

  template <int kField>
  HWY_INLINE void add(const float* x, Floats offset) {
    const Floats r = hn::Sub(hn::LoadU(FloatTag(), x + kField * kLanes), offset);
    const Floats magnitude = hn::Abs(r);
    magnitudes.add<kField>(magnitude);
    squares.add<kField>(hn::Mul(r, r));
    Floats& largest = kField % 2 == 0 ? largest_even : largest_odd;
    largest = hn::Max(largest, magnitude);
  }
  HWY_INLINE Floats largest() const { return hn::Max(largest_even, largest_odd); }
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
    if constexpr (kOneVector) {
      if (whole == values.size()) {
        return {sum.magnitudes.total(), sum.squares.total(),
                hn::GetLane(hn::MaxOfLanes(d, sum.largest()))};
      }
    }
    sum.magnitudes.store(lane, magnitudes);
    sum.squares.store(lane, squares);
    largest = hn::Max(largest, sum.largest());
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
  Floats scale;
  Floats highest;
};

// For planes 1 to kPlanes the sums of the values, turned where the plane adds, of even and of odd
// rows; a list of members, not an array, so that they stay in registers.
template <int kPlanes>
struct TurnedSum {
  TurnedSum<kPlanes - 1> others;
  Floats even;
  Floats odd;
  HWY_INLINE TurnedSum() : even(hn::Zero(FloatTag())), odd(hn::Zero(FloatTag())) {}

  template <int kRow>
  HWY_INLINE void add(Words fixed, Floats r) {
    const FloatTag d;
    const WordTag du;
    others.template add<kRow>(fixed, r);
    const Words sign = hn::And(hn::ShiftLeft<kPlanes>(fixed), hn::Set(du, 0x80000000U));
    Floats& sum = kRow % 2 == 0 ? even : odd;
    sum = hn::Add(sum, hn::BitCast(d, hn::Xor(hn::BitCast(du, r), sign)));
  }
  HWY_INLINE void store(std::size_t lane, LaneSums<kPlaneLanes>* sums) const {
    others.store(lane, sums);
    hn::StoreU(even, FloatTag(), sums[kPlanes].lane.data() + lane);
    hn::StoreU(odd, FloatTag(), sums[kPlanes].lane.data() + kLanes + lane);
  }
};
template <>
struct TurnedSum<0> {
  template <int kRow>
  HWY_INLINE void add(Words /*fixed*/, Floats /*r*/) {}
  HWY_INLINE void store(std::size_t /*lane*/, LaneSums<kPlaneLanes>* /*sums*/) const {}
};

// Bits of a level as they are collected: a power of two.
constexpr int collected_bits(int bits) { return bits <= 2 ? bits : bits <= 4 ? 4 : 8; }

// Bits of `yes` where `mask` has ones, else of `no`.
HWY_INLINE Words select_bits(Words mask, Words yes, Words no) {
  return hn::Xor(no, hn::And(hn::Xor(yes, no), mask));
}

// Levels of 32 rows: row m goes to word m % kWidth, kWidth bits of it, the first row lowest. Then
// words and bits of a level change places, which leaves bit m of each plane in its place.
template <int kWidth>
struct Levels {
  Words word[kWidth];
  HWY_INLINE Levels() {
    for (Words& w : word) w = hn::Zero(WordTag());
  }

  template <int kRow>
  HWY_INLINE void push(Words fixed) {
    Words& w = word[kRow % kWidth];
    const Words upper = hn::Set(WordTag(), ~0U << (32 - kWidth));
    w = hn::OrAnd(hn::ShiftRight<kWidth>(w), fixed, upper);
  }

  template <int kBit>
  HWY_INLINE void swap_bit() {
    // The bits whose place has bit kBit clear.
    constexpr std::uint32_t kLower = kBit == 1   ? 0x55555555U
                                     : kBit == 2 ? 0x33333333U
                                                 : 0x0f0f0f0fU;
    const Words lower = hn::Set(WordTag(), kLower);
    for (int i = 0; i < kWidth; ++i) {
      if ((i & kBit) != 0) continue;
      const Words a = word[i];
      const Words b = word[i + kBit];
      word[i] = select_bits(lower, a, hn::ShiftLeft<kBit>(b));
      word[i + kBit] = select_bits(lower, hn::ShiftRight<kBit>(a), b);
    }
  }
  HWY_INLINE void transpose() {
    if constexpr (kWidth > 1) swap_bit<1>();
    if constexpr (kWidth > 2) swap_bit<2>();
    if constexpr (kWidth > 4) swap_bit<4>();
  }
};

template <int kBits, int kRow>
HWY_INLINE void start_rows(const float* x, const StartParameters& p,
                           Levels<collected_bits(kBits)>& levels, TurnedSum<kBits - 1>& turned) {
  const Floats r = hn::Sub(hn::LoadU(FloatTag(), x + kRow * kLanes), p.offset);
  const Floats t = hn::Min(hn::Mul(r, p.scale), p.highest);
  // What is too low becomes the least integer.
  const Words fixed = hn::BitCast(WordTag(), nearest_integers(t));
  levels.template push<kRow>(fixed);
  turned.template add<kRow>(fixed, r);
  constexpr int kEnd = collected_bits(kBits) < 4 ? 4 : collected_bits(kBits);
  if constexpr (kRow + 1 < kEnd) start_rows<kBits, kRow + 1>(x, p, levels, turned);
}

template <int kBits>
HWY_INLINE void start_block(const float* x, const StartParameters& p, TurnedSum<kBits - 1>& turned,
                            std::uint8_t* out) {
  constexpr int kWidth = collected_bits(kBits);
  constexpr std::size_t kStep = (kWidth < 4 ? 4 : kWidth) * kLanes;
  Levels<kWidth> levels;
#pragma GCC unroll 1
  for (const float* end = x + kBlock; x != end; x += kStep) {
    start_rows<kBits, 0>(x, p, levels, turned);
  }
  levels.transpose();
  store_words(hn::Not(levels.word[kWidth - 1]), out);
  for (int i = 1; i < kBits; ++i) {
    store_words(levels.word[kWidth - 1 - i], out + static_cast<std::size_t>(i) * kPlaneBytes);
  }
}

using TurnedSums = std::array<LaneSums<kPlaneLanes>, kMaxBits>;

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
    const unsigned code = start_code(r, scale, kBits);
    rest.codes[k] = static_cast<std::uint8_t>(code);
    for (unsigned i = 1; i < kBits; ++i) {
      turned[i].add(k, (code >> i & 1) != 0 ? -r : r);
      for (unsigned j = 0; j < i; ++j) products.differing[i][j] += (code >> i ^ code >> j) & 1;
    }
  }
}

// Writes the planes; products but the sum of the first plane, which the statistics have. Calls as
// many values from `next` on into the nearest cache.
template <int kBits>
HWY_INLINE PlaneProducts start_planes(const EncodeGroup& group, float offset,
                                      const ClipScale& scale, const float* next, Rest& rest) {
  const FloatTag d;
  const StartParameters p{hn::Set(d, offset), hn::Set(d, scale.scale), hn::Set(d, kMostStart)};
  TurnedSums turned{};
#pragma GCC unroll 1
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    TurnedSum<kBits - 1> sums;
    for (std::size_t j = 0; j < rest.first; j += kBlock) {
      for (std::size_t i = 0; lane == 0 && i < kBlock; i += kStride) prefetch_rows(next + j + i);
      start_block<kBits>(group.values.data() + j + lane, p, sums,
                         group.codes.data() + packed_size(j, kBits) + 4 * lane);
    }
    sums.store(lane, turned.data());
  }
  PlaneProducts products;
  products.count = group.values.size();
  const Span<const std::uint8_t> blocks(group.codes.data(), packed_size(rest.first, kBits));
  count_differing<kBits>(blocks, products);
  start_rest<kBits>(group, offset, scale, rest, turned, products);
  for (std::size_t i = 1; i < kBits; ++i) products.turned_sum[i] = turned[i].total();
  return products;
}

template <int kBits>
bool fit_refined(const EncodeJob& job, const EncodeGroup& group, PlaneScales& scales, Rest& rest,
                 Lookahead& next) {
  if (job.spec.offset) scales.offset = mean(sum_of(group.values), group.values);
  const Statistics statistics = statistics_of(group.values, scales.offset);
  if (!is_encodable(group.values, scales.offset, statistics.magnitudes)) return false;
  const ClipScale scale = clip_scale(statistics.magnitudes, statistics.squares, statistics.largest,
                                     group.values.size(), kBits, job.spec.offset);
  set_start(scale, kBits, scales);
  const float* ahead = next.move_behind(job, group);
  PlaneProducts products = start_planes<kBits>(group, scales.offset, scale, ahead, rest);
  if (scale.scale == 0.0F) return true;
  products.turned_sum[0] = -statistics.magnitudes;  // it has the signs of the residuals
  fit_alphas(products, kBits, scales);
  return true;
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
