#include "compression/reference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "compression/group_view.h"
#include "compression/scalar_steps.h"
#include "compression/sums.h"

namespace acceptlab::compression::reference {

namespace {

using Codes = std::vector<std::uint8_t>;

float sum_of_squares(Span<const float> values) {
  LaneSums<kSumLanes> sums;
  for (std::size_t j = 0; j < values.size(); ++j) sums.add(j, values[j] * values[j]);
  return sums.total();
}

float sum_of_magnitudes(Span<const float> values) {
  LaneSums<kSumLanes> sums;
  for (std::size_t j = 0; j < values.size(); ++j) sums.add(j, std::fabs(values[j]));
  return sums.total();
}

UniformScale scale_of(const CodecSpec& spec, Span<const float> values) {
  if (spec.range == Range::kKnown) return uniform_scale(spec.low, spec.high, spec.bits);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  Extremes extremes{*low, *high};
  if (spec.range == Range::kClip) {
    extremes = clipped(extremes, sum_of_squares(values), values.size(), spec.bits,
                       spec.scheme == Scheme::kSuq);
  }
  return uniform_scale(extremes.low, extremes.high, spec.bits);
}

bool encode_uniform_group(const EncodeJob& job, const EncodeGroup& group) {
  const CodecSpec& spec = job.spec;
  const bool known = spec.range == Range::kKnown;
  if (!all_encodable(group.values, known ? kLargestFloat : kMaxMagnitude)) return false;
  const UniformScale scale = scale_of(spec, group.values);
  if (spec.range != Range::kKnown) write_scale(scale, group.scales);
  Codes codes(group.values.size());
  for (std::size_t j = 0; j < codes.size(); ++j) {
    const std::uint32_t noise = spec.scheme == Scheme::kSuq
                                    ? rounding_noise(job.noise, group.first + j, spec.bits)
                                    : half_step(spec.bits);
    codes[j] = uniform_code(group.values[j], scale, spec.bits, noise);
  }
  pack_group(Layout::kFields, spec.bits, Span<const std::uint8_t>(codes), group.codes);
  return true;
}

// One group of mbq: residuals around the offset, and the planes found for them.
struct PlaneFit {
  std::vector<float>& residual;
  Codes& codes;
  PlaneScales scales;
};

float mean(Span<const float> values) {
  LaneSums<kSumLanes> sums;
  for (std::size_t j = 0; j < values.size(); ++j) sums.add(j, values[j]);
  return sums.total() * (1.0F / static_cast<float>(values.size()));
}

float largest_magnitude(Span<const float> values) {
  float largest = 0.0F;
  for (const float value : values) largest = std::max(largest, std::fabs(value));
  return largest;
}

// One plane: the sign of the residual and the mean magnitude.
void fit_one_plane(PlaneFit& fit) {
  const auto count = static_cast<float>(fit.residual.size());
  fit.scales.alpha[0] = sum_of_magnitudes(Span<const float>(fit.residual)) * (1.0F / count);
  for (std::size_t j = 0; j < fit.codes.size(); ++j) {
    fit.codes[j] = std::signbit(fit.residual[j]) ? 0 : 1;
  }
}

// Each plane takes off the mean magnitude of what the planes before it left, towards zero. A rest
// of exactly 0 keeps the sign of the plane before.
void fit_greedy(int bits, PlaneFit& fit) {
  if (bits == 1) return fit_one_plane(fit);
  const float scale = fixed_scale(largest_magnitude(Span<const float>(fit.residual)));
  std::vector<int> left(fit.residual.size());
  std::uint64_t sum = 0;
  for (std::size_t j = 0; j < left.size(); ++j) {
    left[j] = fixed_magnitude(fit.residual[j], scale);
    sum += static_cast<std::uint64_t>(left[j]);
    fit.codes[j] = std::signbit(fit.residual[j]) ? 0 : 1;
  }
  FixedMean mean = fixed_mean(sum, left.size(), scale);
  fit.scales.alpha[0] = mean.alpha;
  for (int i = 1; i < bits; ++i) {
    sum = 0;
    for (std::size_t j = 0; j < left.size(); ++j) {
      left[j] -= mean.fixed;
      fit.codes[j] = push_plane(fit.codes[j], i, left[j] < 0);
      left[j] = std::abs(left[j]);
      sum += static_cast<std::uint64_t>(left[j]);
    }
    mean = fixed_mean(sum, left.size(), scale);
    fit.scales.alpha[static_cast<std::size_t>(i)] = mean.alpha;
  }
}

PlaneProducts products_of(int bits, const PlaneFit& fit) {
  PlaneProducts products;
  products.count = fit.residual.size();
  std::array<LaneSums<kPlaneLanes>, kMaxBits> turned{};
  const auto n = static_cast<std::size_t>(bits);
  for (std::size_t j = 0; j < fit.residual.size(); ++j) {
    const float r = fit.residual[j];
    for (std::size_t i = 0; i < n; ++i) {
      const unsigned bit = fit.codes[j] >> i & 1U;
      turned[i].add(j, bit != 0 ? -r : r);
      for (std::size_t k = 0; k < i; ++k) {
        products.differing[i][k] += bit ^ (fit.codes[j] >> k & 1U);
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) products.turned_sum[i] = turned[i].total();
  return products;
}

void fit_refined(int bits, bool offset, PlaneFit& fit) {
  const Span<const float> residual(fit.residual);
  const float magnitudes = sum_of_magnitudes(residual);
  const ClipScale scale = clip_scale(magnitudes, sum_of_squares(residual),
                                     largest_magnitude(residual), residual.size(), bits, offset);
  set_start(scale, bits, fit.scales);
  for (std::size_t j = 0; j < residual.size(); ++j) {
    fit.codes[j] = start_code(residual[j], scale, bits);
  }
  if (scale.scale == 0.0F) return;
  PlaneProducts products = products_of(bits, fit);
  products.turned_sum[0] = -magnitudes;  // the first plane has the signs of the residuals
  fit_alphas(products, bits, fit.scales);
}

// Gives every value the code of the nearest level, the lower one where two are as near.
void assign_nearest(int bits, PlaneFit& fit) {
  PlaneScales centred = fit.scales;
  centred.offset = 0.0F;
  const PlaneLevels levels = plane_levels(centred, bits);
  struct Level {
    float value;
    std::uint8_t code;
  };
  std::array<Level, std::size_t{1} << kMaxBits> order;
  const std::size_t count = std::size_t{1} << bits;
  for (unsigned code = 0; code < count; ++code) {
    order[code] = {levels.at(code, bits), static_cast<std::uint8_t>(code)};
  }
  std::sort(order.begin(), order.begin() + count, [](const Level& a, const Level& b) {
    return a.value < b.value || (a.value == b.value && a.code < b.code);
  });
  // Between each level and the next.
  std::array<float, std::size_t{1} << kMaxBits> borders;
  const auto last = borders.begin() + (count - 1);
  for (std::size_t i = 0; i + 1 < count; ++i) {
    borders[i] = 0.5F * (order[i].value + order[i + 1].value);
  }
  for (std::size_t j = 0; j < fit.residual.size(); ++j) {
    const auto above = std::lower_bound(borders.begin(), last, fit.residual[j]);
    fit.codes[j] = order[static_cast<std::size_t>(above - borders.begin())].code;
  }
}

void fit_alternating(const CodecSpec& spec, PlaneFit& fit) {
  fit_refined(spec.bits, spec.offset, fit);
  for (int cycle = 0; cycle < spec.cycles; ++cycle) {
    assign_nearest(spec.bits, fit);
    fit_alphas(products_of(spec.bits, fit), spec.bits, fit.scales);
  }
}

bool encode_planes_group(const EncodeJob& job, const EncodeGroup& group, PlainScratch& scratch) {
  const CodecSpec& spec = job.spec;
  if (!all_encodable(group.values)) return false;
  PlaneFit fit{scratch.residual, scratch.codes, {}};
  fit.codes.assign(group.values.size(), 0);
  fit.residual.assign(group.values.begin(), group.values.end());
  if (spec.offset) {
    fit.scales.offset = mean(group.values);
    for (float& r : fit.residual) r -= fit.scales.offset;
  }
  if (spec.fit == Fit::kGreedy) fit_greedy(spec.bits, fit);
  if (spec.fit == Fit::kRefined) fit_refined(spec.bits, spec.offset, fit);
  if (spec.fit == Fit::kAlternating) fit_alternating(spec, fit);
  write_scales(fit.scales, spec, group.scales);
  pack_group(Layout::kPlanes, spec.bits, Span<const std::uint8_t>(fit.codes), group.codes);
  return true;
}

}  // namespace

bool encode_uniform(const EncodeJob& job) {
  return for_each_group(job.spec, job.values, job.scales, job.codes,
                        [&](const auto& group) { return encode_uniform_group(job, group); });
}

bool encode_planes(const EncodeJob& job) {
  PlainScratch own;
  PlainScratch& scratch = job.plain_scratch != nullptr ? *job.plain_scratch : own;
  return for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
    return encode_planes_group(job, group, scratch);
  });
}

bool decode_uniform(const DecodeJob& job) {
  const int bits = job.spec.bits;
  Codes codes;
  return for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
    // For a known range all groups read the one pair at the front.
    const UniformScale scale = read_uniform_scale(group.scales);
    if (!plausible(scale, bits)) return false;
    codes.resize(group.values.size());
    unpack_group(Layout::kFields, bits, group.codes, Span<std::uint8_t>(codes));
    for (std::size_t j = 0; j < codes.size(); ++j) {
      group.values[j] = scale.low + static_cast<float>(codes[j]) * scale.step;
    }
    return true;
  });
}

bool decode_planes(const DecodeJob& job) {
  const int bits = job.spec.bits;
  Codes codes;
  return for_each_group(job.spec, job.values, job.scales, job.codes, [&](const auto& group) {
    const PlaneScales scales = read_plane_scales(job.spec, group.scales);
    if (!plausible(scales, bits)) return false;
    const PlaneLevels levels = plane_levels(scales, bits);
    codes.resize(group.values.size());
    unpack_group(Layout::kPlanes, bits, group.codes, Span<std::uint8_t>(codes));
    for (std::size_t j = 0; j < codes.size(); ++j) group.values[j] = levels.at(codes[j], bits);
    return true;
  });
}

}  // namespace acceptlab::compression::reference
