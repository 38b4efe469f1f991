#include "compression/group_math.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace acceptlab::compression {

namespace {

constexpr double kLargestFloat = std::numeric_limits<float>::max();

// Root mean squares at which Range::kClip cuts, by bits: least mean square error on Laplace noise,
// the shape of gradients; from 6 bits on the extremes are within. Found by a scan.
constexpr std::array<float, kMaxBits> kStochasticClip{1.0F, 1.4F, 2.2F, 3.1F, 4.0F, 7, 9, 11};
constexpr std::array<float, kMaxBits> kNearestClip{1.0F, 1.6F, 2.5F, 3.4F, 5.2F, 8, 9, 11};

// Fit::kRefined clips at so many times (root mean square + mean magnitude): that mixture serves
// half-zero activations and Laplace gradients with one factor. Found by a scan over both; with an
// offset the low bits want more.
constexpr std::array<float, kMaxBits> kRefinedClip{1.0F,  1.3F, 1.75F, 2.15F,
                                                   2.55F, 3.5F, 4.5F,  6.0F};
constexpr std::array<float, kMaxBits> kRefinedClipOffset{1.0F,  1.58F, 2.1F, 2.15F,
                                                         2.55F, 3.5F,  4.5F, 6.0F};

float factor(const std::array<float, kMaxBits>& table, int bits) {
  return table[static_cast<std::size_t>(bits - 1)];
}

// Solves A x = b in place for symmetric A >= 0 by its L D L^T factors. An unknown that those before
// it determine already, told by a pivot that is only rounding beside `scale`, becomes 0.
using Matrix = std::array<std::array<double, kMaxBits>, kMaxBits>;
using Vector = std::array<double, kMaxBits>;
void solve(Matrix& a, Vector& x, std::size_t n, double scale) {
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j][j] -= a[j][k] * a[j][k] * a[k][k];
    if (!(a[j][j] > 1e-9 * scale)) {
      a[j][j] = 1.0;
      x[j] = 0.0;
      for (std::size_t i = j + 1; i < n; ++i) a[i][j] = 0.0;
      continue;
    }
    const double inverse = 1.0 / a[j][j];
    for (std::size_t i = j + 1; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k] * a[k][k];
      a[i][j] *= inverse;
    }
    for (std::size_t k = 0; k < j; ++k) x[j] -= a[j][k] * x[k];
  }
  for (std::size_t j = 0; j < n; ++j) x[j] /= a[j][j];
  for (std::size_t j = n; j-- > 0;) {
    for (std::size_t i = j + 1; i < n; ++i) x[j] -= a[i][j] * x[i];
  }
}

using Table = std::array<float, 16>;

// +1 where bit i of a code is 1, else -1, by code.
constexpr std::array<Table, 4> kSigns = [] {
  std::array<Table, 4> signs{};
  for (std::size_t i = 0; i < signs.size(); ++i) {
    for (std::size_t code = 0; code < 16; ++code) {
      signs[i][code] = (code >> i & 1) != 0 ? 1.0F : -1.0F;
    }
  }
  return signs;
}();

// Sums of +-alpha over `planes` planes from plane `first` on, by code.
void fill_table(const PlaneScales& scales, std::size_t first, std::size_t planes, float start,
                Table& table) {
  table.fill(start);
  for (std::size_t i = 0; i < planes; ++i) {
    const float alpha = scales.alpha[first + i];
    const Table& signs = kSigns[i];
    for (std::size_t code = 0; code < table.size(); ++code) table[code] += signs[code] * alpha;
  }
}

}  // namespace

Extremes clipped(Extremes extremes, float sum_of_squares, std::size_t count, int bits,
                 bool stochastic) {
  const float rms = std::sqrt(sum_of_squares / static_cast<float>(count));
  const float clip = factor(stochastic ? kStochasticClip : kNearestClip, bits) * rms;
  // Squares of tiny values vanish: then there is nothing to go by.
  if (!(clip > 0.0F)) return extremes;
  return {std::max(extremes.low, -clip), std::min(extremes.high, clip)};
}

// Below it the scale would be infinite.
constexpr float kLeastClip = 0x1.0p-96F;

ClipScale clip_scale(float sum_of_magnitudes, float sum_of_squares, float largest,
                     std::size_t count, int bits, bool offset) {
  const auto n = static_cast<float>(count);
  const float typical = std::sqrt(sum_of_squares / n) + sum_of_magnitudes / n;
  const float clip = factor(offset ? kRefinedClipOffset : kRefinedClip, bits) * typical;
  const float cut = clip < largest ? clip : largest;
  if (!(cut >= kMinRange)) return {};
  ClipScale scale;
  scale.clip = std::max(cut, kLeastClip);
  scale.scale = 0x1.0p31F / scale.clip;
  return scale;
}

void set_start(const ClipScale& scale, int bits, PlaneScales& scales) {
  float alpha = scale.clip;
  for (int i = 0; i < bits; ++i) {
    alpha *= 0.5F;
    scales.alpha[static_cast<std::size_t>(i)] = alpha;
  }
}

void fit_alphas(const PlaneProducts& products, int bits, PlaneScales& scales) {
  const auto n = static_cast<std::size_t>(bits);
  const auto count = static_cast<double>(products.count);
  Matrix a{};
  Vector x{};
  for (std::size_t i = 0; i < n; ++i) {
    a[i][i] = count;
    for (std::size_t j = 0; j < i; ++j) a[i][j] = count - 2.0 * products.differing[i][j];
    x[i] = -static_cast<double>(products.turned_sum[i]);
  }
  solve(a, x, n, count);
  for (std::size_t i = 0; i < n; ++i) {
    if (!(x[i] >= 0.0)) return;
  }
  for (std::size_t i = 0; i < n; ++i) scales.alpha[i] = static_cast<float>(x[i]);
}

PlaneLevels plane_levels(const PlaneScales& scales, int bits) {
  PlaneLevels levels;
  const auto planes = static_cast<std::size_t>(bits);
  const std::size_t in_first = std::min<std::size_t>(planes, 4);
  fill_table(scales, 0, in_first, scales.offset, levels.first);
  fill_table(scales, 4, planes - in_first, 0.0F, levels.second);
  return levels;
}

bool plausible(const UniformScale& scale, int bits) {
  const double highest = static_cast<double>((1U << bits) - 1) * scale.step;
  return std::isfinite(scale.low) && scale.step >= 0.0F &&
         std::fabs(static_cast<double>(scale.low)) + highest <= kLargestFloat / 2;
}

bool plausible(const PlaneScales& scales, int bits) {
  double sum = std::fabs(static_cast<double>(scales.offset));
  for (int i = 0; i < bits; ++i) {
    const float alpha = scales.alpha[static_cast<std::size_t>(i)];
    if (!(alpha >= 0.0F)) return false;
    sum += alpha;
  }
  return sum <= kLargestFloat / 2;
}

}  // namespace acceptlab::compression
