#include "compression/uniform.h"

#include <algorithm>
#include <cmath>

#include "runtime/base/check.h"

namespace acceptlab::compression {

UniformQuantizer::UniformQuantizer(int bits, Rounding rounding)
    : steps_((1 << bits) - 1), rounding_(rounding) {}

void UniformQuantizer::encode(Span<const float> values, std::uint64_t first,
                              const CounterRandom& random, Span<float> scales,
                              Span<std::uint8_t> codes) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  scales[0] = *low;
  scales[1] = *high;
  if (*low == *high) {
    std::fill(codes.begin(), codes.end(), std::uint8_t{0});
    return;
  }
  // In double: the range of float32 extremes overflows a float, a subnormal range would lose bits.
  const double minimum = *low;
  const double per_step = steps_ / (static_cast<double>(*high) - minimum);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double t = (values[i] - minimum) * per_step;
    const double threshold =
        rounding_ == Rounding::kNearest ? 0.5 : 1.0 - random.uniform(first + i);
    const double floor = std::floor(t);
    const double code = floor + (t - floor >= threshold ? 1.0 : 0.0);
    codes[i] = static_cast<std::uint8_t>(std::min(code, static_cast<double>(steps_)));
  }
}

bool UniformQuantizer::plausible(Span<const float> scales) const {
  return std::isfinite(scales[0]) && std::isfinite(scales[1]) && scales[0] <= scales[1];
}

void UniformQuantizer::levels(Span<const float> scales, Span<float> levels) const {
  ACCEPTLAB_CHECK(levels.size() == static_cast<std::size_t>(steps_) + 1);
  const double minimum = scales[0];
  const double step = (static_cast<double>(scales[1]) - minimum) / steps_;
  for (int code = 0; code < steps_; ++code) {
    levels[static_cast<std::size_t>(code)] = static_cast<float>(minimum + code * step);
  }
  levels[static_cast<std::size_t>(steps_)] = scales[1];
}

}  // namespace acceptlab::compression
