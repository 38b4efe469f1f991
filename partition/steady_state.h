#pragma once

#include <vector>

#include "partition/costs.h"
#include "partition/solution.h"

namespace acceptlab::partition {

// What a mini-batch takes in the long run of asynchronous 1F1B (PipeDream), in us, where links
// carry both ways at once, each way one message after another. Never less than the largest time of
// a stage or of one way of a link: also more than that where a mini-batch's way from a stage to the
// last one and back takes longer than the stage and its window of mini-batches in flight can hide.
// Codec work is part of the stages. `times`: evaluate(costs, stages).
double steady_state_us(const Costs& costs, const std::vector<Placement>& stages,
                       const Evaluation& times);

}  // namespace acceptlab::partition
