#include "compression/kernels.h"
#include "compression/reference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compression/simd/uniform_encode.cc"
#include <hwy/foreach_target.h>

// From here on once for each instruction set.
#include "compression/group_view.h"
#include "compression/scalar_steps.h"
#include "compression/simd/extremes.h"
#include "compression/simd/running_remainder.h"
#include "compression/simd/uniform_block.h"
#include "compression/simd/wide_sum.h"

HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

bool encode_uniform_on_target(const EncodeJob& job) { return reference::encode_uniform(job); }

#else

namespace {

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
                                  const UniformScale& scale, RunningRemainder& remainder) {
  const std::size_t done = group.values.size() / kBlock * kBlock;
  BlockParameters p(job.noise);
  p.set(scale);
  Watch watch;
  std::uint32_t weyl = first_weyl(job.noise, group.first);
  std::uint8_t* out = group.codes.data();
  for (const float* x = group.values.data(); x != group.values.data() + done; x += kBlock) {
    remainder.catch_up(out);
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
bool encode_alone(const EncodeJob& job, const EncodeGroup& group, RunningRemainder& remainder) {
  UniformScale scale;
  if (!find_scale(job.spec, group.values, scale)) return false;
  write_scale(scale, group.scales);
  return encode_clamping<kBits, kStochastic>(job, group, scale, remainder);
}

template <int kBits, bool kStochastic>
bool encode_known(const EncodeJob& job, RunningRemainder& remainder) {
  const UniformScale scale = uniform_scale(job.spec.low, job.spec.high, kBits);
  return encode_clamping<kBits, kStochastic>(job, {0, job.values, nullptr, job.codes}, scale,
                                             remainder);
}

template <int kBits, bool kStochastic>
bool encode_clipping(const EncodeJob& job, RunningRemainder& remainder) {
  return for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
    return encode_alone<kBits, kStochastic>(job, group, remainder);
  });
}

// The extremes of each whole group are found while the group in front of it is encoded: reading one
// overlaps with computing the other. They are known a block early, so that nothing waits for the
// scale made of them: beside a block comes the one a group and a block behind it.
template <int kBits, bool kStochastic>
HWY_NOINLINE bool encode_whole_groups(const EncodeJob& job, std::size_t groups,
                                      RunningRemainder& remainder) {
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
      remainder.catch_up(out);
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
bool encode_own_ranges(const EncodeJob& job, RunningRemainder& remainder) {
  const std::size_t groups = job.values.size() / static_cast<std::size_t>(job.spec.group);
  const std::size_t whole = groups * static_cast<std::size_t>(job.spec.group);
  if (groups > 0 && !encode_whole_groups<kBits, kStochastic>(job, groups, remainder)) return false;
  if (whole == job.values.size()) return true;
  const std::size_t bytes = packed_size(whole, kBits);
  return encode_alone<kBits, kStochastic>(
      job,
      {whole, job.values.subspan(whole, job.values.size() - whole),
       job.scales.data() + groups * 2 * sizeof(float),
       job.codes.subspan(bytes, job.codes.size() - bytes)},
      remainder);
}

template <int kBits, bool kStochastic>
bool encode_rounding(const EncodeJob& job, RunningRemainder& remainder) {
  switch (job.spec.range) {
    case Range::kMinMax:
      return encode_own_ranges<kBits, kStochastic>(job, remainder);
    case Range::kClip:
      return encode_clipping<kBits, kStochastic>(job, remainder);
    case Range::kKnown:
      return encode_known<kBits, kStochastic>(job, remainder);
  }
  return false;
}

template <int kBits>
bool encode_bits(const EncodeJob& job) {
  RunningRemainder remainder(job.codes);
  const bool good = job.spec.scheme == Scheme::kSuq ? encode_rounding<kBits, true>(job, remainder)
                                                    : encode_rounding<kBits, false>(job, remainder);
  if (good && job.reduced != nullptr) *job.reduced = remainder.finish();
  return good;
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
