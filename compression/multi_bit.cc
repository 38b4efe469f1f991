#include "compression/multi_bit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

constexpr double kLargest = std::numeric_limits<float>::max();

// Takes off its plane the sign of each residual; returns the plane's scale.
float fit_plane(std::vector<double>& residual, int plane, Span<std::uint8_t> codes) {
  double sum = 0.0;
  for (const double r : residual) sum += std::fabs(r);
  const auto alpha = static_cast<float>(sum / static_cast<double>(residual.size()));
  for (std::size_t i = 0; i < residual.size(); ++i) {
    const bool positive = residual[i] >= 0.0;
    // The residual is that of the float32 scale, which is what the receiver has.
    residual[i] += positive ? -alpha : alpha;
    if (positive) codes[i] = static_cast<std::uint8_t>(codes[i] | 1U << plane);
  }
  return alpha;
}

float mean(Span<const float> values) {
  double sum = 0.0;
  for (const float v : values) sum += v;
  return static_cast<float>(sum / static_cast<double>(values.size()));
}

}  // namespace

MultiBitQuantizer::MultiBitQuantizer(int bits, bool offset) : bits_(bits), offset_(offset) {}

void MultiBitQuantizer::encode(Span<const float> values, std::uint64_t, const CounterRandom&,
                               Span<float> scales, Span<std::uint8_t> codes) {
  const float m = offset_ ? mean(values) : 0.0F;
  if (offset_) scales[0] = m;
  residual_.assign(values.begin(), values.end());
  for (double& r : residual_) r -= m;
  std::fill(codes.begin(), codes.end(), std::uint8_t{0});
  const std::size_t first_alpha = offset_ ? 1 : 0;
  for (int plane = 0; plane < bits_; ++plane) {
    scales[first_alpha + static_cast<std::size_t>(plane)] = fit_plane(residual_, plane, codes);
  }
}

bool MultiBitQuantizer::plausible(Span<const float> scales) const {
  const std::size_t first_alpha = offset_ ? 1 : 0;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    if (!std::isfinite(scales[i])) return false;
    if (i >= first_alpha && scales[i] < 0.0F) return false;
  }
  return true;
}

void MultiBitQuantizer::levels(Span<const float> scales, Span<float> levels) const {
  ACCEPTLAB_CHECK(levels.size() == std::size_t{1} << bits_);
  const std::size_t first_alpha = offset_ ? 1 : 0;
  for (std::size_t code = 0; code < levels.size(); ++code) {
    double value = offset_ ? scales[0] : 0.0;
    for (int plane = 0; plane < bits_; ++plane) {
      const double alpha = scales[first_alpha + static_cast<std::size_t>(plane)];
      value += (code >> plane & 1) != 0 ? alpha : -alpha;
    }
    levels[code] = static_cast<float>(std::clamp(value, -kLargest, kLargest));
  }
}

}  // namespace acceptlab::compression
