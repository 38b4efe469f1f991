#include "compression/kernels.h"
#include "compression/reference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compression/simd/planes_encode.cc"
#include <hwy/foreach_target.h>

// From here on once for each instruction set.
#include <cmath>

#include "compression/group_view.h"
#include "compression/scalar_steps.h"
#include "compression/simd/vectors.h"
#include "compression/simd/wide_sum.h"

HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

bool encode_planes_on_target(const EncodeJob& job) { return reference::encode_planes(job); }

#else

namespace {

using EncodeGroup = GroupOf<const float, std::uint8_t>;

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

bool fit_greedy(const EncodeJob& job, const EncodeGroup& group, PlaneScales& scales, Rest& rest) {
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

// Refined: what the clip is chosen by.
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

using Fitter = bool (*)(const EncodeJob&, const EncodeGroup&, PlaneScales&, Rest&);
Fitter fitter_of(const CodecSpec& spec) {
  if (spec.fit == Fit::kGreedy) return fit_greedy;
  constexpr Fitter kRefined[] = {fit_refined<1>, fit_refined<2>, fit_refined<3>, fit_refined<4>,
                                 fit_refined<5>, fit_refined<6>, fit_refined<7>, fit_refined<8>};
  return kRefined[spec.bits - 1];
}

}  // namespace

bool encode_planes_on_target(const EncodeJob& job) {
  const CodecSpec& spec = job.spec;
  const Fitter fit = fitter_of(spec);
  return for_each_group(spec, job.values, job.scales, job.codes, [&](const auto& group) HWY_ATTR {
    Rest rest;
    rest.count = group.values.size() % kBlock;
    rest.first = group.values.size() - rest.count;
    PlaneScales scales;
    if (spec.offset) scales.offset = mean(group.values);
    if (!fit(job, group, scales, rest)) return false;
    write_scales(scales, spec, group.scales);
    const std::size_t bytes = packed_size(rest.first, spec.bits);
    pack_rest(spec.bits, Span<const std::uint8_t>(rest.codes, rest.count),
              group.codes.subspan(bytes, group.codes.size() - bytes));
    return true;
  });
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace acceptlab::compression {

HWY_EXPORT(encode_planes_on_target);

bool encode_planes(const EncodeJob& job) {
  if (job.spec.fit == Fit::kAlternating) return reference::encode_planes(job);
  return HWY_DYNAMIC_DISPATCH(encode_planes_on_target)(job);
}

}  // namespace acceptlab::compression
#endif
