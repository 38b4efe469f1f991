#pragma once

#include <vector>

#include "runtime/base/ids.h"

namespace acceptlab::predictor {

inline constexpr int kProbes = 10;

// The representative sub-models whose times describe a device to the predictor (AccEPT's second
// input), the same for every device: the whole model, its halves and quarters, its first and last
// unit, and its middle half. Our choice: what the paper takes was not available. Fewer where a
// model of few units has fewer sub-models. In increasing order, each once.
std::vector<UnitRange> fixed_probes(int units);

// All sub-models of a model, in increasing order: units * (units + 1) / 2 of them.
std::vector<UnitRange> all_sub_models(int units);

}  // namespace acceptlab::predictor
