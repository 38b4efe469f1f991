#pragma once

#include <vector>

#include "partition/chain_links.h"
#include "partition/cut_set.h"
#include "partition/device_order.h"

namespace acceptlab::partition {

// "Is there a plan within lambda?" for any lambda: device by device with the set of cuts that can
// be reached, as bits.
class ReachProbe {
 public:
  // All outlive it.
  ReachProbe(const std::vector<ChainStage>& stages, const ChainLinks& links,
             const DeviceOrder& order, int units);

  bool probe(double lambda, LeastRejected& rejected);

  // The plan of the last probe, which succeeded, with this codec at its cuts.
  std::vector<Placement> plan(double lambda, int codec) const;
  // Units of the last probe, which failed, that all devices together cannot do, or 0.
  int units_left() const { return earliest_[0]; }

 private:
  void allow_cuts(double lambda);
  void reject_cuts(LeastRejected& rejected) const;
  bool find_earliest(double lambda, LeastRejected& rejected);
  void collect_starts(std::size_t p, double lambda, LeastRejected& rejected);
  void receive_from(std::size_t sender, std::size_t p, double lambda, LeastRejected& rejected);
  void spread(std::size_t p, double lambda, LeastRejected& rejected);
  std::size_t sender(std::size_t p, int cut, double lambda) const;

  const std::vector<ChainStage>& stages_;
  const ChainLinks& links_;
  const DeviceOrder& order_;
  const int units_;
  // Where all links are alike it does not matter which device a stage follows.
  const bool any_sender_;
  std::vector<CutSet> starts_;   // [position] cuts at which a stage on it may begin
  std::vector<CutSet> reached_;  // [position] cuts at which one may end
  CutSet reached_by_any_;        // of positions before
  CutSet allowed_;               // cuts that links within lambda can take, where they are alike
  std::vector<int> earliest_;    // [position + 1]
  std::size_t last_position_ = 0;
};

}  // namespace acceptlab::partition
