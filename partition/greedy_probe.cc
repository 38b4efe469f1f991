#include "partition/greedy_probe.h"

#include <algorithm>

namespace acceptlab::partition {

GreedyProbe::GreedyProbe(const std::vector<ChainStage>& stages, int units, bool may_skip)
    : stages_(stages),
      units_(units),
      may_skip_(may_skip),
      cuts_(stages.size() + 1),
      low_(stages.size() + 1),
      high_(stages.size() + 1) {
  for (std::size_t s = 0; s < stages.size(); ++s) high_[s + 1] = last_end(s);
}

bool GreedyProbe::probe(double lambda, LeastRejected& rejected) {
  int cut = 0;
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    cut = stages_[s].furthest(cut, std::max(cut, low_[s + 1]), high_[s + 1], lambda, rejected);
    cuts_[s + 1] = cut;
  }
  const bool found = cut == units_;
  (found ? high_ : low_) = cuts_;
  return found;
}

}  // namespace acceptlab::partition
