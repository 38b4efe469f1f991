#pragma once

#include <vector>

#include "predictor/additive_prior.h"
#include "predictor/structure.h"

namespace acceptlab::predictor {

// Chooses `count` of the candidates to probe a new device with, one after another: each time that
// one whose measurement leaves the least mean relative variance of all candidates (A-optimal
// design, greedily). Returns them as indices, the most informative first.
// Requires: 1 <= count <= candidates.size(), structures within the prior's features.
std::vector<std::size_t> design_probes(const AdditivePrior& prior,
                                       const std::vector<Structure>& candidates, int count);

}  // namespace acceptlab::predictor
