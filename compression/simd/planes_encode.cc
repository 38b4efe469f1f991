#include "compression/kernels.h"
#include "compression/reference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compression/simd/planes_encode.cc"
#include <hwy/foreach_target.h>

// From here on once for each instruction set.
#include "compression/simd/greedy_fit.h"
#include "compression/simd/refined_fit.h"
#include "compression/simd/running_remainder.h"

HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

bool encode_planes_on_target(const EncodeJob& job) { return reference::encode_planes(job); }

#else

namespace {

using Fitter = bool (*)(const EncodeJob&, const EncodeGroup&, PlaneScales&, Rest&, Lookahead&);
Fitter fitter_of(const CodecSpec& spec) {
  if (spec.fit == Fit::kGreedy) return spec.bits == 1 ? fit_one_plane : fit_greedy;
  constexpr Fitter kRefined[] = {fit_refined<1>, fit_refined<2>, fit_refined<3>, fit_refined<4>,
                                 fit_refined<5>, fit_refined<6>, fit_refined<7>, fit_refined<8>};
  return kRefined[spec.bits - 1];
}

}  // namespace

bool encode_planes_on_target(const EncodeJob& job) {
  const CodecSpec& spec = job.spec;
  const Fitter fit = fitter_of(spec);
  Rest rest;
  Lookahead next;
  RunningRemainder remainder(job.codes);
  const auto encode_group = [&](const EncodeGroup& group) HWY_ATTR {
    rest.count = group.values.size() % kBlock;
    rest.first = group.values.size() - rest.count;
    PlaneScales scales;
    if (!fit(job, group, scales, rest, next)) return false;
    write_scales(scales, spec, group.scales);
    const std::size_t bytes = packed_size(rest.first, spec.bits);
    pack_rest(spec.bits, Span<const std::uint8_t>(rest.codes, rest.count),
              group.codes.subspan(bytes, group.codes.size() - bytes));
    remainder.catch_up(group.codes.end());
    return true;
  };
  const bool good = for_each_group(spec, job.values, job.scales, job.codes, encode_group);
  if (good && job.reduced != nullptr) *job.reduced = remainder.finish();
  return good;
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
