#pragma once

#include <vector>

#include "partition/chain_stage.h"

namespace acceptlab::partition {

// "Is there a plan within lambda?" where no link and no single unit is in the way: every device in
// turn takes as many units as it can. Where each must have a stage, it leaves one for each behind.
//
// What a greater lambda reaches, no smaller one exceeds: so each answer narrows where the cuts of
// the next ones can be.
class GreedyProbe {
 public:
  // Requires: no fewer units than stages where each must have one. `stages` outlives it.
  GreedyProbe(const std::vector<ChainStage>& stages, int units, bool may_skip);

  // Requires: lambda no less than any that failed, less than any that succeeded.
  bool probe(double lambda, LeastRejected& rejected);

  // Of the last probe that succeeded, [stages + 1]; a stage may be empty.
  const std::vector<int>& best_cuts() const { return high_; }
  // Units of the last probe that no device took.
  int first_left() const { return cuts_.back(); }

 private:
  // No end of stage `s` is behind it, as devices behind must have a unit each.
  int last_end(std::size_t s) const {
    return may_skip_ ? units_ : units_ - static_cast<int>(stages_.size() - 1 - s);
  }

  const std::vector<ChainStage>& stages_;
  const int units_;
  const bool may_skip_;
  std::vector<int> cuts_;  // [stages + 1] before each stage, and behind the last
  std::vector<int> low_;   // of the largest lambda that failed
  std::vector<int> high_;  // of the least one that succeeded
};

}  // namespace acceptlab::partition
