// Encoding a block of uniform or suq: 512 values to 64 bytes for each bit of a code.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_UNIFORM_BLOCK_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_UNIFORM_BLOCK_H
#undef ACCEPTLAB_COMPRESSION_SIMD_UNIFORM_BLOCK_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_UNIFORM_BLOCK_H
#endif

#include <hwy/cache_control.h>

#include "compression/noise.h"
#include "compression/scalar_steps.h"
#include "compression/simd/extremes.h"
#include "compression/simd/lanes16.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

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
    BitExtent next;  // scanning
    Floats poison;   // clamping: NaN once a value was NaN or infinite, else 0
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

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
