#pragma once

#include "compression/group_quantizer.h"

namespace acceptlab::compression {

enum class Rounding { kNearest, kStochastic };

// 2^bits levels, evenly from the group's minimum to its maximum; scales {minimum, maximum}.
//
// kStochastic is the paper's SUQ in our reading: with the value t steps above the minimum, the
// code is floor(t) + 1 with probability t - floor(t), else floor(t). So the expected decoded value
// is the value itself, up to the float32 rounding of the levels. The minimum and the maximum are
// always decoded exactly.
class UniformQuantizer final : public GroupQuantizer {
 public:
  UniformQuantizer(int bits, Rounding rounding);

  void encode(Span<const float> values, std::uint64_t first, const CounterRandom& random,
              Span<float> scales, Span<std::uint8_t> codes) override;
  bool plausible(Span<const float> scales) const override;
  void levels(Span<const float> scales, Span<float> levels) const override;

 private:
  const int steps_;  // between the lowest and the highest level
  const Rounding rounding_;
};

}  // namespace acceptlab::compression
