#pragma once

#include "partition/state_space.h"

namespace acceptlab::partition {

// FTPipeHD's dynamic program, made for every cost that Costs knows and every StateSpace: arbitrary
// times of sub-models, memory, unequal links, a codec chosen for each cut.
//
// Least bottleneck; of equal ones the least quality cost, then the fewest stages, then the least
// sum of all times. Keeps the problem's budget of quality. Nothing where no plan is feasible.
// Cost, with L units, C codecs, S states and N pairs of states: S L^2 C^2 stages and N L C links.
Placements least_bottleneck(const Costs& costs, const StateSpace& space);

// The same choice among plans of which no stage or link takes longer than `limit_us`, whatever the
// budget.
Placements cheapest_within(const Costs& costs, const StateSpace& space, double limit_us);

}  // namespace acceptlab::partition
