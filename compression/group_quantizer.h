#pragma once

#include <cstdint>
#include <vector>

#include "compression/counter_random.h"
#include "runtime/base/span.h"

namespace acceptlab::compression {

// Codes one group of values with a few scales. Pure arithmetic: no bytes, no checks of input beyond
// its own. Reused from group to group, so an implementation may keep scratch memory.
class GroupQuantizer {
 public:
  virtual ~GroupQuantizer() = default;

  // Fills `scales` (as many as the spec has per group) and one code below 2^bits for each value.
  // `first` is the index in the tensor of the group's first value, for `random`.
  // Requires: values are finite and at least one; codes.size() == values.size().
  virtual void encode(Span<const float> values, std::uint64_t first, const CounterRandom& random,
                      Span<float> scales, Span<std::uint8_t> codes) = 0;

  // Whether encode() can have made these scales. They come from the network.
  virtual bool plausible(Span<const float> scales) const = 0;

  // The values that the codes stand for, by code: [2^bits]. All are finite.
  // Requires: plausible(scales).
  virtual void levels(Span<const float> scales, Span<float> levels) const = 0;
};

}  // namespace acceptlab::compression
