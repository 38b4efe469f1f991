#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "compression/codec_spec.h"

// What is computed once for each group, from its statistics: shared by the reference and by the
// kernels of every instruction set, so that all choose the same scales. All arithmetic is float32
// or double as written, without fused operations. What the fastest kernels need is inline: around a
// call they would have to save their vectors.
namespace acceptlab::compression {

// Levels of uniform and suq: code q stands for low + q * step. Encoding works on 16-bit positions
// t = (x - low) * inverse, in which one step is 2^fraction_bits: a position is off by at most half
// of one, 2^-17 of the range, and E[decode(encode(x))] with it.
struct UniformScale {
  float low = 0.0F;
  float step = 0.0F;
  float inverse = 0.0F;
};

constexpr int fraction_bits(int bits) { return 16 - bits; }
// t of the highest level.
constexpr std::uint32_t highest_position(int bits) {
  return ((1U << bits) - 1) << fraction_bits(bits);
}

inline std::uint32_t bits_of(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline float float_of(std::uint32_t bits) {
  float value = 0.0F;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// The scale over [low, high]. Where high - low < kMinRange all values count as `low`.
// Requires: finite, low <= high, |low| and |high| at most kMaxMagnitude.
inline UniformScale uniform_scale(float low, float high, int bits) {
  UniformScale scale;
  scale.low = low + 0.0F;  // -0 and +0 are one minimum
  const float range = high - low;
  if (!(range >= kMinRange)) return scale;
  const auto levels = static_cast<float>((1U << bits) - 1);
  const auto highest = static_cast<float>(highest_position(bits));
  scale.step = range / levels;
  scale.inverse = highest / range;
  // Rounding must not lift the maximum beyond the highest level.
  while (range * scale.inverse > highest) {
    scale.inverse = float_of(bits_of(scale.inverse) - 1);
  }
  return scale;
}

// What Range::kClip makes of a group's extremes and the sum of its squares.
struct Extremes {
  float low = 0.0F;
  float high = 0.0F;
};
Extremes clipped(Extremes extremes, float sum_of_squares, std::size_t count, int bits,
                 bool stochastic);

// mbq: a value is offset + sum over planes of +-alpha.
struct PlaneScales {
  float offset = 0.0F;
  std::array<float, kMaxBits> alpha{};
};

// Fit::kGreedy with two planes or more works in fixed point, on the integer nearest to residual *
// scale. No magnitude is beyond kMostFixed, so that four add up within 16 bits.
inline constexpr int kMostFixed = 8191;
// The largest power of 2 that keeps `largest`, a magnitude, within; at most 2^112, that of
// kMinRange.
inline float fixed_scale(float largest) {
  constexpr int least_exponent = -99;  // that of kMinRange
  constexpr int bias = 127;
  // The largest is at least 2^(exponent - 1) and below 2^exponent.
  int exponent = 0;
  if (largest > 0.0F) {
    exponent = std::max(static_cast<int>(bits_of(largest) >> 23) - bias + 1, least_exponent);
  }
  const float scale = float_of(static_cast<std::uint32_t>(bias + 13 - exponent) << 23);
  return largest * scale <= static_cast<float>(kMostFixed) ? scale : 0.5F * scale;
}

// A plane takes off the mean of the magnitudes before it, given their sum.
struct FixedMean {
  float alpha = 0.0F;
  std::int16_t fixed = 0;  // the same in fixed point, rounded
};
inline FixedMean fixed_mean(std::uint64_t sum, std::size_t count, float scale) {
  const double mean = static_cast<double>(sum) / static_cast<double>(count);
  // The next plane waits for the second: integers are faster than rounding the first.
  return {static_cast<float>(mean / static_cast<double>(scale)),
          static_cast<std::int16_t>((2 * sum + count) / (2 * count))};
}

// Fit::kRefined starts as a uniform quantizer over [-clip, clip], by 32-bit fixed point: residual *
// scale, rounded and cut to the range of an integer. Its upper bits are the level: plane i (from 0)
// is bit 31 - i, the sign bit inverted.
struct ClipScale {
  float clip = 0.0F;
  float scale = 0.0F;  // 2^31 / clip
};
// From the group's residuals r: sum of |r|, of r^2, and the largest |r|.
ClipScale clip_scale(float sum_of_magnitudes, float sum_of_squares, float largest,
                     std::size_t count, int bits, bool offset);
void set_start(const ClipScale& scale, int bits, PlaneScales& scales);

// What the least-squares fit of the alphas needs to know of the planes.
struct PlaneProducts {
  std::array<float, kMaxBits> turned_sum{};  // sum of -r where the plane adds, of r where not
  std::size_t count = 0;
  // How many values have different signs in planes i and j, j < i.
  std::array<std::array<std::uint32_t, kMaxBits>, kMaxBits> differing{};
};
// Replaces the alphas by those of least squares; keeps them where one would be negative. A plane
// that repeats what planes before it say gets 0.
void fit_alphas(const PlaneProducts& products, int bits, PlaneScales& scales);

// Values that the codes stand for. level(code) = first[code % 16] + second[code / 16]; with at most
// 4 planes the first table alone.
struct PlaneLevels {
  std::array<float, 16> first{};
  std::array<float, 16> second{};
  float at(unsigned code, int bits) const {
    return bits <= 4 ? first[code & 15] : first[code & 15] + second[code >> 4];
  }
};
PlaneLevels plane_levels(const PlaneScales& scales, int bits);

// Whether an encoder can have made them: finite, none negative that must not be, no level beyond
// float32. They come from a stranger.
bool plausible(const UniformScale& scale, int bits);
bool plausible(const PlaneScales& scales, int bits);

}  // namespace acceptlab::compression
