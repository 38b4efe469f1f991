#pragma once

#include <vector>

#include "compression/group_quantizer.h"

namespace acceptlab::compression {

// Multi-bit quantization (our reading of the paper's MBQ): a value is written as
// m + sum_i alpha_i b_i with b_i in {-1, +1}, i = 1..bits. m is the group's mean, or 0 without
// offset. The planes are fitted greedily: alpha_i is the mean magnitude of the residual that planes
// 1..i-1 leave, b_i its sign (+1 for 0). Bit i - 1 of a code is 1 where b_i = +1.
// Scales: {m, alpha_1, ..., alpha_bits}, or the alphas alone without offset.
class MultiBitQuantizer final : public GroupQuantizer {
 public:
  MultiBitQuantizer(int bits, bool offset);

  void encode(Span<const float> values, std::uint64_t first, const CounterRandom& random,
              Span<float> scales, Span<std::uint8_t> codes) override;
  bool plausible(Span<const float> scales) const override;
  // A sum beyond the float32 range is clipped to it.
  void levels(Span<const float> scales, Span<float> levels) const override;

 private:
  const int bits_;
  const bool offset_;
  std::vector<double> residual_;  // scratch of encode
};

}  // namespace acceptlab::compression
