#include "compression/kernels.h"
#include "compression/reference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compression/simd/uniform_encode.cc"
#include <hwy/foreach_target.h>

// From here on once for each instruction set.
#include <algorithm>

#include "compression/group_view.h"
#include "compression/scalar_steps.h"
#include "compression/simd/vectors.h"
#include "compression/simd/wide_sum.h"

HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

bool encode_uniform_on_target(const EncodeJob& job) { return reference::encode_uniform(job); }

#else

namespace {

// Lowest and highest value. Infinities show in them; a NaN does not.
HWY_INLINE Extremes find_extremes(Span<const float> values) {
  constexpr std::size_t kChains = 4;
  const FloatTag d;
  const std::size_t n = vector_lanes();
  const std::size_t stride = kChains * n;
  const float* x = values.data();
  Floats low[kChains], high[kChains];
  for (std::size_t c = 0; c < kChains; ++c) low[c] = high[c] = hn::Set(d, x[0]);
  std::size_t j = 0;
  for (; j + stride <= values.size(); j += stride) {
    for (std::size_t c = 0; c < kChains; ++c) {
      const Floats v = hn::LoadU(d, x + j + c * n);
      low[c] = hn::Min(low[c], v);
      high[c] = hn::Max(high[c], v);
    }
  }
  for (std::size_t c = 1; c < kChains; ++c) {
    low[0] = hn::Min(low[0], low[c]);
    high[0] = hn::Max(high[0], high[c]);
  }
  Extremes extremes{hn::GetLane(hn::MinOfLanes(d, low[0])),
                    hn::GetLane(hn::MaxOfLanes(d, high[0]))};
  for (; j < values.size(); ++j) {
    extremes.low = x[j] < extremes.low ? x[j] : extremes.low;
    extremes.high = x[j] > extremes.high ? x[j] : extremes.high;
  }
  return extremes;
}

// What encoding a block needs of its group and the tensor, spread over lanes.
struct BlockParameters {
  Floats low;
  Floats inverse;
  Floats highest;
  Words key_mask;
  Words weyl_step;  // from one row of 16 counters to the next
};

// What is looked for in the values on the way. There are two ways to encode a block. Scanning, for
// levels over the group's extremes: it finds the extremes of the next group beside, and leaves out
// what no number needs. And clamping, for any levels.
struct Watch {
  Words bits;     // scanning: all that any t had, more than those of numbers where one was NaN
  Floats poison;  // clamping: NaN once a value was NaN or infinite, else 0
  Floats low;     // scanning: of the next group
  Floats high;

  HWY_INLINE explicit Watch(float next)
      : bits(hn::Zero(WordTag())),
        poison(hn::Zero(FloatTag())),
        low(hn::Set(FloatTag(), next)),
        high(hn::Set(FloatTag(), next)) {}

  HWY_INLINE void scan(const float* next) {
    const Floats v = hn::LoadU(FloatTag(), next);
    low = hn::Min(low, v);
    high = hn::Max(high, v);
  }
  HWY_INLINE Extremes extremes() const {
    const FloatTag d;
    return {hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
  }
  HWY_INLINE bool all_numbers() const {
    const WordTag du;
    // Numbers from 2^23 to 2^24 share sign and exponent: bits beyond those are from NaN.
    const Words of_numbers = hn::BitCast(du, hn::Set(FloatTag(), 0x1.fffffep23F));
    return hn::AllTrue(du, hn::Eq(hn::AndNot(of_numbers, bits), hn::Zero(du))) &&
           hn::GetLane(hn::SumOfLanes(FloatTag(), poison)) == 0.0F;
  }
};

// What goes from field to field of one vector of lanes.
struct FieldState {
  Words weyl;    // counter of random words
  Words random;  // the latest
  Words word;    // collects codes until 32 bits are full
};

HWY_INLINE Words next_random(FieldState& state, const BlockParameters& p) {
  const WordTag du;
  Words x = state.weyl;
  state.weyl = hn::Add(x, p.weyl_step);
  x = hn::Xor3(x, hn::ShiftRight<16>(x), p.key_mask);
  x = hn::Mul(x, hn::Set(du, kMix1));
  x = hn::Xor(x, hn::ShiftRight<15>(x));
  return hn::Mul(x, hn::Set(du, kMix2));
}

// 2^23 + the noise of field kField, a window of the latest word; the first of four fields makes a
// new one. Or-ing the noise into the bits of 2^23 adds it.
template <int kBits, int kField>
HWY_INLINE Floats field_noise(FieldState& state, const BlockParameters& p) {
  const FloatTag d;
  const WordTag du;
  constexpr int kDropped = 16 - fraction_bits(kBits);
  constexpr int kWindow = kField % 4 * 8;
  if constexpr (kWindow == 0) state.random = next_random(state, p);
  const Words base = hn::BitCast(du, hn::Set(d, kRoundToInteger));
  Words window = state.random;
  if constexpr (kWindow == 24) {
    window = hn::RotateRight<kWindow + kDropped>(window);
  } else if constexpr (kWindow + kDropped > 0) {
    window = hn::ShiftRight<kWindow + kDropped>(window);
  }
  if constexpr (kWindow == 16) return hn::BitCast(d, hn::Or(base, window));
  return hn::BitCast(d, hn::OrAnd(base, window, hn::Set(du, 0xffffU >> kDropped)));
}

// Bits [fraction, fraction + kBits) of `sum` at bit kAt of a word; whatever is below is cut off.
template <int kBits, int kAt>
HWY_INLINE Words insert_code(Words word, Words sum) {
  const WordTag du;
  constexpr int kFraction = fraction_bits(kBits);
  constexpr std::uint32_t kMask = ((1U << kBits) - 1) << kAt;
  Words placed;
  if constexpr (kAt <= kFraction) {
    placed = hn::ShiftRight<kFraction - kAt>(sum);
  } else {
    placed = hn::ShiftLeft<kAt - kFraction>(sum);
  }
  if constexpr (kAt == 0) return hn::And(placed, hn::Set(du, kMask));
  return hn::OrAnd(word, placed, hn::Set(du, kMask));
}

// t of a vector of values, noise included, in the low bits of its words.
template <int kBits, bool kScan, bool kStochastic, int kField>
HWY_INLINE Words positions(const float* x, const BlockParameters& p, FieldState& state,
                           Watch& watch) {
  const FloatTag d;
  const Floats v = hn::LoadU(d, x + kField * kLanes);
  Floats t = hn::Mul(hn::Sub(v, p.low), p.inverse);
  if constexpr (!kScan) {
    watch.poison = hn::MulAdd(v, hn::Zero(d), watch.poison);
    t = hn::Min(hn::Max(t, hn::Zero(d)), p.highest);
  }
  if constexpr (kStochastic) {
    t = hn::Add(t, field_noise<kBits, kField>(state, p));
  } else {
    t = hn::Add(t, hn::Set(d, kRoundToInteger + static_cast<float>(half_step(kBits))));
  }
  return hn::BitCast(WordTag(), t);
}

template <int kBits, int kField>
HWY_INLINE void push_code(Words sum, FieldState& state, std::uint8_t* out) {
  constexpr int kAt = kField * kBits % 32;
  constexpr int kWord = kField * kBits / 32;
  state.word = insert_code<kBits, kAt>(state.word, sum);
  if constexpr (kAt + kBits >= 32) store_words(state.word, out + 4 * kLanes * kWord);
  if constexpr (kAt + kBits > 32) {
    // The code's high bits open the next word.
    constexpr int kTaken = 32 - kAt;
    state.word = hn::And(hn::ShiftRight<fraction_bits(kBits) + kTaken>(sum),
                         hn::Set(WordTag(), (1U << (kBits - kTaken)) - 1));
  }
}

// Fields kField .. 31 of one vector of lanes, two at a time.
template <int kBits, bool kScan, bool kStochastic, int kField = 0>
HWY_INLINE void encode_fields(const float* x, const float* next, const BlockParameters& p,
                              FieldState& state, Watch& watch, std::uint8_t* out) {
  if constexpr (kScan) {
    watch.scan(next + kField * kLanes);
    watch.scan(next + (kField + 1) * kLanes);
  }
  const Words first = positions<kBits, kScan, kStochastic, kField>(x, p, state, watch);
  push_code<kBits, kField>(first, state, out);
  const Words second = positions<kBits, kScan, kStochastic, kField + 1>(x, p, state, watch);
  push_code<kBits, kField + 1>(second, state, out);
  if constexpr (kScan) watch.bits = hn::Or3(watch.bits, first, second);
  if constexpr (kField + 2 < static_cast<int>(kFieldsOfBlock)) {
    encode_fields<kBits, kScan, kStochastic, kField + 2>(x, next, p, state, watch, out);
  }
}

template <int kBits, bool kScan, bool kStochastic>
HWY_INLINE void encode_block(const float* x, const float* next, std::uint64_t first,
                             const NoiseKey& key, const BlockParameters& p, Watch& watch,
                             std::uint8_t* out) {
  const WordTag du;
  const std::uint32_t counter = noise_counter(first);
#pragma GCC unroll 1
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    const Words counters =
        hn::Add(hn::Iota(du, 0), hn::Set(du, counter + static_cast<std::uint32_t>(lane)));
    FieldState state;
    state.weyl = hn::Add(hn::Mul(counters, hn::Set(du, kWeyl)), hn::Set(du, key.start));
    state.random = state.word = hn::Zero(du);
    encode_fields<kBits, kScan, kStochastic>(x + lane, next + lane, p, state, watch,
                                             out + 4 * lane);
  }
}

// Behind the last whole block, which ends at value `done`.
template <int kBits, bool kStochastic>
HWY_INLINE bool encode_rest(const EncodeJob& job, const EncodeGroup& group, std::size_t done,
                            const UniformScale& scale) {
  const Span<const float> rest = group.values.subspan(done, group.values.size() - done);
  const bool known = job.spec.range == Range::kKnown;
  if (!all_encodable(rest, known ? kLargestFloat : kMaxMagnitude)) return false;
  std::uint8_t codes[kBlock];
  for (std::size_t j = 0; j < rest.size(); ++j) {
    const std::uint32_t noise =
        kStochastic ? rounding_noise(job.noise, group.first + done + j, kBits) : half_step(kBits);
    codes[j] = uniform_code(rest[j], scale, kBits, noise);
  }
  const std::size_t bytes = packed_size(done, kBits);
  pack_rest(kBits, Span<const std::uint8_t>(codes, rest.size()),
            group.codes.subspan(bytes, group.codes.size() - bytes));
  return true;
}

// False where a value is NaN or, clamping, infinite. Scanning: `next` are the values of the next
// group, as many, and their extremes are left in `extremes`.
template <int kBits, bool kScan, bool kStochastic>
HWY_NOINLINE bool encode_group(const EncodeJob& job, const EncodeGroup& group,
                               const UniformScale& scale, const float* next, Extremes& extremes) {
  const FloatTag d;
  const WordTag du;
  const BlockParameters p{hn::Set(d, scale.low), hn::Set(d, scale.inverse),
                          hn::Set(d, static_cast<float>(highest_position(kBits))),
                          hn::Set(du, job.noise.mask), hn::Set(du, job.noise.step)};
  Watch watch(*next);
  const std::size_t whole = group.values.size() / kBlock * kBlock;
  std::uint8_t* out = group.codes.data();
  for (std::size_t j = 0; j < whole; j += kBlock) {
    encode_block<kBits, kScan, kStochastic>(group.values.data() + j, next + j, group.first + j,
                                            job.noise, p, watch, out);
    out += packed_size(kBlock, kBits);
  }
  if constexpr (kScan) extremes = watch.extremes();
  return watch.all_numbers() && (whole == group.values.size() ||
                                 encode_rest<kBits, kStochastic>(job, group, whole, scale));
}

template <int kBits, bool kStochastic>
bool encode_clamping(const EncodeJob& job, const EncodeGroup& group, const UniformScale& scale) {
  Extremes none;
  return encode_group<kBits, false, kStochastic>(job, group, scale, group.values.data(), none);
}

HWY_NOINLINE bool find_scale(const CodecSpec& spec, Span<const float> values, UniformScale& scale) {
  Extremes extremes = find_extremes(values);
  if (!within_magnitude(extremes)) return false;
  if (spec.range == Range::kClip) {
    extremes = clipped(extremes, sum_of_squares(values), values.size(), spec.bits,
                       spec.scheme == Scheme::kSuq);
  }
  scale = uniform_scale(extremes.low, extremes.high, spec.bits);
  return true;
}

// Each group by itself: its values are read from memory for the scale and from the nearest cache
// for the codes.
template <int kBits, bool kStochastic>
bool encode_one_by_one(const EncodeJob& job) {
  const bool known = job.spec.range == Range::kKnown;
  UniformScale scale;
  if (known) scale = uniform_scale(job.spec.low, job.spec.high, kBits);
  return for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
    if (!known) {
      if (!find_scale(job.spec, group.values, scale)) return false;
      write_scale(scale, group.scales);
    }
    return encode_clamping<kBits, kStochastic>(job, group, scale);
  });
}

// The extremes of each group are found while the group in front of it is encoded: reading one
// overlaps with computing the other.
template <int kBits, bool kStochastic>
bool encode_scanning(const EncodeJob& job) {
  const auto size = static_cast<std::size_t>(job.spec.group);
  Extremes extremes = find_extremes(job.values.subspan(0, std::min(size, job.values.size())));
  return for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
    if (!within_magnitude(extremes)) return false;
    const UniformScale scale = uniform_scale(extremes.low, extremes.high, kBits);
    write_scale(scale, group.scales);
    const std::size_t end = group.first + group.values.size();
    const std::size_t left = job.values.size() - end;
    if (left >= size) {
      return encode_group<kBits, true, kStochastic>(job, group, scale, group.values.end(),
                                                    extremes);
    }
    if (left > 0) extremes = find_extremes(job.values.subspan(end, left));
    return encode_clamping<kBits, kStochastic>(job, group, scale);
  });
}

// Up to this many values scanning pays; from memory beyond the caches it costs more than it saves.
constexpr std::size_t kMostScanned = std::size_t{1} << 22;

template <int kBits, bool kStochastic>
bool encode_rounding(const EncodeJob& job) {
  const bool scan = job.spec.range == Range::kMinMax && job.spec.group % kBlock == 0 &&
                    !job.values.empty() && job.values.size() <= kMostScanned;
  return scan ? encode_scanning<kBits, kStochastic>(job)
              : encode_one_by_one<kBits, kStochastic>(job);
}

template <int kBits>
bool encode_bits(const EncodeJob& job) {
  return job.spec.scheme == Scheme::kSuq ? encode_rounding<kBits, true>(job)
                                         : encode_rounding<kBits, false>(job);
}

}  // namespace

bool encode_uniform_on_target(const EncodeJob& job) {
  constexpr bool (*by_bits[])(const EncodeJob&) = {encode_bits<1>, encode_bits<2>, encode_bits<3>,
                                                   encode_bits<4>, encode_bits<5>, encode_bits<6>,
                                                   encode_bits<7>, encode_bits<8>};
  return by_bits[job.spec.bits - 1](job);
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace acceptlab::compression {

HWY_EXPORT(encode_uniform_on_target);

bool encode_uniform(const EncodeJob& job) {
  // The kernels take random words for whole vectors: blocks must begin where a word does.
  if (job.spec.group % kNoisePeriod != 0) return reference::encode_uniform(job);
  return HWY_DYNAMIC_DISPATCH(encode_uniform_on_target)(job);
}

}  // namespace acceptlab::compression
#endif
