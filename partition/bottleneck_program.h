#pragma once

#include <vector>

#include "partition/state_space.h"

namespace acceptlab::partition {

// FTPipeHD's dynamic program, made for every cost that Costs knows and every StateSpace: arbitrary
// times of sub-models, memory, unequal links, a codec chosen for each cut.
//
// Least bottleneck; of equal ones, or with a time_tolerance of those near it, the least quality
// cost, then the fewest stages, then the least sum of all times. Keeps the problem's budget of
// quality. Nothing where no plan is feasible.
// Cost, with L units, C codecs, S states and N pairs of states: S L^2 C^2 stages and N L C links.
Placements least_bottleneck(const Costs& costs, const StateSpace& space);

// The same choice among plans of which no stage or link takes longer than `limit_us`, whatever the
// budget.
Placements cheapest_within(const Costs& costs, const StateSpace& space, double limit_us);

// The least bottleneck of everything behind each cut.
class RestOfPipeline {
 public:
  RestOfPipeline(const Costs& costs, const StateSpace& space);
  // Units from `begin` on, the first of them on the state's device, which gets them by the codec
  // (from 0) of the cut in front; infinity where no plan is feasible.
  double us(std::size_t state, int begin, int codec_before) const {
    return us_[state * per_state_ + static_cast<std::size_t>(begin) * codecs_ +
               static_cast<std::size_t>(codec_before)];
  }

 private:
  std::size_t codecs_;
  std::size_t per_state_;
  std::vector<double> us_;
};

}  // namespace acceptlab::partition
