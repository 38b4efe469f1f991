#pragma once

#include <vector>

#include "partition/chain_stage.h"

namespace acceptlab::partition {

// Links between devices of a fixed order, where nothing is chosen for a cut.
class ChainLinks {
 public:
  // `costs` and `stages` outlive it.
  ChainLinks(const Costs& costs, const std::vector<ChainStage>& stages);

  // Whether it does not matter between which devices a link is.
  bool are_alike() const { return are_alike_; }
  // No link takes longer at any cut.
  double slowest_us() const { return slowest_us_; }

  Costs::LinkPair between(std::size_t from, std::size_t to) const {
    return costs_.link_pair(stages_[from].device(), stages_[to].device());
  }
  double slowest_us(const Costs::LinkPair& link) const {
    return costs_.slowest_link_us(link, costs_.first_codec());
  }
  double us(const Costs::LinkPair& link, int cut) const {
    return costs_.link_us(link, cut, costs_.first_codec());
  }
  double us(std::size_t from, std::size_t to, int cut) const { return us(between(from, to), cut); }

 private:
  double slowest_of_all() const;
  bool devices_are_alike() const;

  const Costs& costs_;
  const std::vector<ChainStage>& stages_;
  bool are_alike_;
  double slowest_us_;
};

}  // namespace acceptlab::partition
