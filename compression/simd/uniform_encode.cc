#include "compression/kernels.h"
#include "compression/reference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compression/simd/uniform_encode.cc"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>

// From here on once for each instruction set.
#include <algorithm>

#include "compression/group_view.h"
#include "compression/scalar_steps.h"
#include "compression/simd/lanes16.h"
#include "compression/simd/vectors.h"
#include "compression/simd/wide_sum.h"

HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

bool encode_uniform_on_target(const EncodeJob& job) { return reference::encode_uniform(job); }

#else

namespace {

// For values used more than once: GCC would load them again for each use.
HWY_INLINE Floats load_once(const float* x) {
  Floats v = hn::LoadU(FloatTag(), x);
#if HWY_ARCH_X86
  asm("" : "+v"(v.raw));
#endif
  return v;
}

// Lowest and highest of floats, by their bits as integers: processors that compare two vectors of
// floats in a cycle compare four of integers, and a NaN counts as larger than infinity. Integers
// order floats without a sign; with one, the largest unsigned integer is the lowest.
struct Extent {
  Integers most_signed;
  Words most;
  Words least;

  HWY_INLINE Extent() { restart(); }
  HWY_INLINE void restart() {
    most_signed = hn::Set(IntegerTag(), INT32_MIN);
    most = hn::Zero(WordTag());
    least = hn::Set(WordTag(), UINT32_MAX);
  }
  HWY_INLINE void add(const float* x) {
    const Floats v = load_once(x);
    const Words bits = hn::BitCast(WordTag(), v);
    most_signed = hn::Max(most_signed, hn::BitCast(IntegerTag(), v));
    most = hn::Max(most, bits);
    least = hn::Min(least, bits);
  }
  HWY_INLINE void add(const Extent& other) {
    most_signed = hn::Max(most_signed, other.most_signed);
    most = hn::Max(most, other.most);
    least = hn::Min(least, other.least);
  }
  // NaN where a value was. Requires: some values.
  HWY_INLINE Extremes extremes() const {
    const std::uint32_t smallest = hn::GetLane(hn::MinOfLanes(WordTag(), least));
    const std::uint32_t largest = hn::GetLane(hn::MaxOfLanes(WordTag(), most));
    const std::int32_t highest = hn::GetLane(hn::MaxOfLanes(IntegerTag(), most_signed));
    const std::uint32_t low = largest >> 31 != 0 ? largest : smallest;
    const std::uint32_t high = highest < 0 ? smallest : static_cast<std::uint32_t>(highest);
    Extremes extremes;
    std::memcpy(&extremes.low, &low, sizeof low);
    std::memcpy(&extremes.high, &high, sizeof high);
    return extremes;
  }
};

HWY_INLINE Extremes find_extremes(Span<const float> values) {
  constexpr std::size_t kChains = 4;
  const std::size_t n = vector_lanes();
  const float* x = values.data();
  Extent extent[kChains];
  std::size_t j = 0;
  for (; j + kChains * n <= values.size(); j += kChains * n) {
    for (std::size_t c = 0; c < kChains; ++c) extent[c].add(x + j + c * n);
  }
  for (; j + n <= values.size(); j += n) extent[0].add(x + j);
  if (j < values.size()) {
    float last[kLanes];
    std::fill(last, last + kLanes, x[j]);
    std::copy(x + j, values.end(), last);
    extent[0].add(last);
  }
  for (std::size_t c = 1; c < kChains; ++c) extent[0].add(extent[c]);
  return extent[0].extremes();
}

// What encoding a block needs of its group and the tensor, spread over lanes.
struct BlockParameters {
  Floats low;
  Floats inverse;
  Words key_mask;
  Words weyl_step;   // from one row of 16 counters to the next
  Words weyl_lanes;  // from a row's first to each lane

  HWY_INLINE explicit BlockParameters(const NoiseKey& key)
      : key_mask(hn::Set(WordTag(), key.mask)),
        weyl_step(hn::Set(WordTag(), key.step)),
        weyl_lanes(hn::Mul(hn::Iota(WordTag(), 0), hn::Set(WordTag(), kWeyl))) {
    set(UniformScale());
  }
  HWY_INLINE void set(const UniformScale& scale) {
    low = hn::Set(FloatTag(), scale.low);
    inverse = hn::Set(FloatTag(), scale.inverse);
  }
};

// What is looked for in the values on the way. There are two ways to encode a block. Scanning, for
// levels over the group's extremes: it finds the extremes of the next group beside, and leaves out
// what no number between them needs. And clamping, for any levels.
// Both are kept apart for the lower and the upper rows: in one chain, each operation would wait for
// the one before.
struct Watch {
  struct Rows {
    Extent next;    // scanning
    Floats poison;  // clamping: NaN once a value was NaN or infinite, else 0
    HWY_INLINE Rows() : poison(hn::Zero(FloatTag())) {}
  };
  Rows lower;
  Rows upper;
  HWY_INLINE Watch() {}

  HWY_INLINE void add_block(const float* x) {
    for (std::size_t j = 0; j < kBlock; j += vector_lanes()) lower.next.add(x + j);
  }
  HWY_INLINE Extremes take_extremes() {
    lower.next.add(upper.next);
    const Extremes extremes = lower.next.extremes();
    lower.next.restart();
    upper.next.restart();
    return extremes;
  }
  HWY_INLINE bool all_finite() const {
    const FloatTag d;
    return hn::GetLane(hn::SumOfLanes(d, hn::Add(lower.poison, upper.poison))) == 0.0F;
  }
};

constexpr std::size_t kRowPairs = kFieldsOfBlock / 2;

// Positions with noise of a vector of lanes: row pair r holds rows r and r + 16, whose codes are
// its topmost bits.
struct RowPairs {
  alignas(64) std::uint16_t lanes[kRowPairs][hn::MaxLanes(BitTag())];
};

HWY_INLINE std::uint32_t first_weyl(const NoiseKey& key, std::size_t first) {
  return key.start + noise_source(first).counter * kWeyl;
}

HWY_INLINE Words next_random(Words& weyl, const BlockParameters& p) {
  const WordTag du;
  Words x = weyl;
  weyl = hn::Add(x, p.weyl_step);
  x = hn::Xor3(x, hn::ShiftRight<16>(x), p.key_mask);
  x = hn::Mul(x, hn::Set(du, kMix1));
  x = hn::Xor(x, hn::ShiftRight<15>(x));
  return hn::Mul(x, hn::Set(du, kMix2));
}

// Values this far behind those read from memory are fetched.
constexpr std::size_t kFetchAhead = 1024;

template <bool kScan>
HWY_INLINE Integers positions(const float* x, const float* next, const BlockParameters& p,
                              Watch::Rows& watch) {
  const FloatTag d;
  hwy::Prefetch((kScan ? next : x) + kFetchAhead);
  const Floats v = hn::LoadU(d, x);
  Floats t = hn::Mul(hn::Sub(v, p.low), p.inverse);
  if constexpr (kScan) {
    watch.next.add(next);
  } else {
    watch.poison = hn::MulAdd(v, hn::Zero(d), watch.poison);
    t = hn::Min(t, hn::Set(d, kMaxPosition));
  }
  return nearest_integers(t);
}

template <int kBits, bool kScan, bool kStochastic>
HWY_INLINE void round_rows(const float* x, const float* next, const BlockParameters& p, Words weyl,
                           Watch& watch, RowPairs& pairs) {
  const BitTag ds;
  constexpr std::size_t kUpper = kRowPairs * kLanes;
#pragma GCC unroll 1
  for (std::size_t r = 0; r < kRowPairs; r += kNoiseFactor.size()) {
    Bits random = hn::Zero(ds);
    if constexpr (kStochastic) random = hn::BitCast(ds, next_random(weyl, p));
#pragma GCC unroll 4
    for (std::size_t f = 0; f < kNoiseFactor.size(); ++f) {
      const std::size_t at = (r + f) * kLanes;
      const Integers lower = positions<kScan>(x + at, next + at, p, watch.lower);
      const Integers upper = positions<kScan>(x + at + kUpper, next + at + kUpper, p, watch.upper);
      Bits noise = hn::Set(ds, half_step(kBits));
      if constexpr (kStochastic) {
        noise = f == 0 ? random : hn::Mul(random, hn::Set(ds, kNoiseFactor[f]));
        // The topmost bits; a shift would compete with the conversions.
        noise = hn::MulHigh(noise, hn::Set(ds, 1U << (16 - kBits)));
      }
      hn::Store(hn::SaturatedAdd(clamp_to_shorts(lower, upper), noise), ds, pairs.lanes[r + f]);
    }
  }
}

// Adds the part that the codes of row pair kPair have in halfword kHalfword of their lanes.
template <int kBits, int kHalfword, int kPair>
HWY_INLINE Bits insert_codes(Bits halfword, const RowPairs& pairs) {
  const BitTag ds;
  constexpr int kAt = kPair * kBits - 16 * kHalfword;  // of the code's lowest bit
  constexpr int kShift = 16 - kBits - kAt;
  Bits codes = hn::Load(ds, pairs.lanes[kPair]);
  if constexpr (kShift > 0) codes = hn::ShiftRight<kShift>(codes);
  if constexpr (kShift < 0) codes = hn::ShiftLeft<-kShift>(codes);
  if constexpr (kAt <= 0) return codes;  // nothing below
  constexpr std::uint32_t kMask = ((1U << kBits) - 1) << (kAt > 0 ? kAt : 0);
  return hn::OrAnd(halfword, codes, hn::Set(ds, kMask & 0xffffU));
}
template <int kBits, int kHalfword, int kPair = kHalfword * 16 / kBits>
HWY_INLINE Bits pack_halfword(Bits halfword, const RowPairs& pairs) {
  halfword = insert_codes<kBits, kHalfword, kPair>(halfword, pairs);
  if constexpr ((kPair + 1) * kBits < 16 * (kHalfword + 1)) {
    return pack_halfword<kBits, kHalfword, kPair + 1>(halfword, pairs);
  }
  return halfword;
}

// Rows 0 to 15 fill the first kBits halfwords of a lane, rows 16 to 31 the others.
template <int kBits>
struct Halfwords {
  Bits pairs[kBits];
};
template <int kBits, int kHalfword = 0>
HWY_INLINE void pack_halfwords(const RowPairs& pairs, Halfwords<kBits>& packed) {
  packed.pairs[kHalfword] = pack_halfword<kBits, kHalfword>(hn::Zero(BitTag()), pairs);
  if constexpr (kHalfword + 1 < kBits) pack_halfwords<kBits, kHalfword + 1>(pairs, packed);
}

template <int kBits, int kWord = 0>
HWY_INLINE void store_halfwords(const Halfwords<kBits>& packed, std::uint8_t* out) {
  const BitTag ds;
  constexpr int kLower = 2 * kWord;
  Bits word;
  if constexpr (kLower + 1 < kBits) {
    word = hn::InterleaveLower(ds, packed.pairs[kLower], packed.pairs[kLower + 1]);
  } else if constexpr (kLower < kBits) {
    // The last halfword of the lower rows and the first of the upper ones.
    const Bits first = hn::BitCast(ds, hn::Shuffle1032(hn::BitCast(WordTag(), packed.pairs[0])));
    word = hn::InterleaveLower(ds, packed.pairs[kLower], first);
  } else {
    word = hn::InterleaveUpper(ds, packed.pairs[kLower - kBits], packed.pairs[kLower - kBits + 1]);
  }
  store_words(hn::BitCast(WordTag(), word), out + 4 * kLanes * kWord);
  if constexpr (kWord + 1 < kBits) store_halfwords<kBits, kWord + 1>(packed, out);
}

// `weyl` is the block's first counter as next_random() takes it.
template <int kBits, bool kScan, bool kStochastic>
HWY_INLINE void encode_block(const float* x, const float* next, std::uint32_t weyl,
                             const BlockParameters& p, Watch& watch, std::uint8_t* out) {
  const WordTag du;
#pragma GCC unroll 1
  for (std::size_t lane = 0; lane < kLanes; lane += vector_lanes()) {
    RowPairs pairs;
    const Words first = hn::Set(du, weyl + static_cast<std::uint32_t>(lane) * kWeyl);
    round_rows<kBits, kScan, kStochastic>(x + lane, next + lane, p, hn::Add(first, p.weyl_lanes),
                                          watch, pairs);
    Halfwords<kBits> packed;
    pack_halfwords<kBits>(pairs, packed);
    store_halfwords<kBits>(packed, out + 4 * lane);
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

// Neighbouring groups of one scale, whose codes follow one another too. False where a value is NaN
// or infinite.
template <int kBits, bool kStochastic>
HWY_NOINLINE bool encode_clamping(const EncodeJob& job, const EncodeGroup& group,
                                  const UniformScale& scale) {
  const std::size_t done = group.values.size() / kBlock * kBlock;
  BlockParameters p(job.noise);
  p.set(scale);
  Watch watch;
  std::uint32_t weyl = first_weyl(job.noise, group.first);
  std::uint8_t* out = group.codes.data();
  for (const float* x = group.values.data(); x != group.values.data() + done; x += kBlock) {
    encode_block<kBits, false, kStochastic>(x, x, weyl, p, watch, out);
    weyl += kWordsOfPeriod * kWeyl;
    out += packed_size(kBlock, kBits);
  }
  return watch.all_finite() &&
         (done == group.values.size() || encode_rest<kBits, kStochastic>(job, group, done, scale));
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
bool encode_alone(const EncodeJob& job, const EncodeGroup& group) {
  UniformScale scale;
  if (!find_scale(job.spec, group.values, scale)) return false;
  write_scale(scale, group.scales);
  return encode_clamping<kBits, kStochastic>(job, group, scale);
}

template <int kBits, bool kStochastic>
bool encode_known(const EncodeJob& job) {
  const UniformScale scale = uniform_scale(job.spec.low, job.spec.high, kBits);
  return encode_clamping<kBits, kStochastic>(job, {0, job.values, nullptr, job.codes}, scale);
}

template <int kBits, bool kStochastic>
bool encode_clipping(const EncodeJob& job) {
  return for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
    return encode_alone<kBits, kStochastic>(job, group);
  });
}

// The extremes of each whole group are found while the group in front of it is encoded: reading one
// overlaps with computing the other. They are known a block early, so that nothing waits for the
// scale made of them: beside a block comes the one a group and a block behind it.
template <int kBits, bool kStochastic>
HWY_NOINLINE bool encode_whole_groups(const EncodeJob& job, std::size_t groups) {
  const auto size = static_cast<std::size_t>(job.spec.group);
  const std::size_t ahead = size + kBlock;
  const float* x = job.values.data();
  const float* const end = x + groups * size;
  UniformScale scale;
  if (!find_scale(job.spec, Span<const float>(x, size), scale)) return false;
  BlockParameters p(job.noise);
  Watch watch;
  if (groups > 1) watch.add_block(x + size);
  std::uint32_t weyl = first_weyl(job.noise, 0);
  std::uint8_t* out = job.codes.data();
  std::uint8_t* scales = job.scales.data();
  while (x != end) {
    p.set(scale);
    write_scale(scale, scales);
    scales += 2 * sizeof(float);
    for (std::size_t left = size / kBlock; left > 0; --left) {
      if (left == 1 && static_cast<std::size_t>(end - x) > kBlock) {
        const Extremes extremes = watch.take_extremes();
        if (!within_magnitude(extremes)) return false;
        scale = uniform_scale(extremes.low, extremes.high, kBits);
      }
      // At the end the block itself is looked at, in vain.
      const float* next = static_cast<std::size_t>(end - x) > ahead ? x + ahead : x;
      encode_block<kBits, true, kStochastic>(x, next, weyl, p, watch, out);
      weyl += kWordsOfPeriod * kWeyl;
      x += kBlock;
      out += packed_size(kBlock, kBits);
    }
  }
  return true;
}

template <int kBits, bool kStochastic>
bool encode_own_ranges(const EncodeJob& job) {
  const std::size_t groups = job.values.size() / static_cast<std::size_t>(job.spec.group);
  const std::size_t whole = groups * static_cast<std::size_t>(job.spec.group);
  if (groups > 0 && !encode_whole_groups<kBits, kStochastic>(job, groups)) return false;
  if (whole == job.values.size()) return true;
  const std::size_t bytes = packed_size(whole, kBits);
  return encode_alone<kBits, kStochastic>(
      job, {whole, job.values.subspan(whole, job.values.size() - whole),
            job.scales.data() + groups * 2 * sizeof(float),
            job.codes.subspan(bytes, job.codes.size() - bytes)});
}

template <int kBits, bool kStochastic>
bool encode_rounding(const EncodeJob& job) {
  switch (job.spec.range) {
    case Range::kMinMax:
      return encode_own_ranges<kBits, kStochastic>(job);
    case Range::kClip:
      return encode_clipping<kBits, kStochastic>(job);
    case Range::kKnown:
      return encode_known<kBits, kStochastic>(job);
  }
  return false;
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
  // The kernels take random words for whole blocks.
  if (job.spec.group % kNoisePeriod != 0) return reference::encode_uniform(job);
  return HWY_DYNAMIC_DISPATCH(encode_uniform_on_target)(job);
}

}  // namespace acceptlab::compression
#endif
