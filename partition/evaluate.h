#pragma once

#include <vector>

#include "partition/costs.h"
#include "partition/solution.h"

namespace acceptlab::partition {

// As evaluate(problem, stages) in solve.h, with costs that are there already.
Evaluation evaluate(const Costs& costs, const std::vector<Placement>& stages);

// Times of one micro-batch, codec work included.
UnitTime micro_batch_stage(const Costs& costs, const Placement& stage, int codec_before);
UnitTime micro_batch_link(const Costs& costs, int from, int to, int cut, int codec);

}  // namespace acceptlab::partition
