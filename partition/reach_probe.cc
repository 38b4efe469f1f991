#include "partition/reach_probe.h"

#include <algorithm>

namespace acceptlab::partition {

ReachProbe::ReachProbe(const std::vector<ChainStage>& stages, const ChainLinks& links,
                       const DeviceOrder& order, int units)
    : stages_(stages),
      links_(links),
      order_(order),
      units_(units),
      any_sender_(order.may_skip && links.are_alike()),
      starts_(stages.size(), CutSet(units + 1)),
      reached_(starts_),
      reached_by_any_(units + 1),
      allowed_(units + 1),
      earliest_(stages.size() + 1) {}

bool ReachProbe::probe(double lambda, LeastRejected& rejected) {
  if (!find_earliest(lambda, rejected)) return false;
  if (any_sender_) allow_cuts(lambda);
  const std::size_t first_last = order_.may_skip ? 0 : stages_.size() - 1;
  for (std::size_t p = 0; p < stages_.size(); ++p) {
    collect_starts(p, lambda, rejected);
    spread(p, lambda, rejected);
    if (any_sender_) reached_by_any_.add_all(reached_[p], 0);
    if (p >= first_last && reached_[p].has(units_)) {
      last_position_ = p;
      return true;
    }
  }
  if (any_sender_) reject_cuts(rejected);
  return false;
}

void ReachProbe::allow_cuts(double lambda) {
  reached_by_any_.clear();
  allowed_.clear();
  const Costs::LinkPair link = links_.between(0, 0);
  for (int cut = 1; cut < units_; ++cut) {
    if (links_.us(link, cut) <= lambda) allowed_.add(cut);
  }
}

void ReachProbe::reject_cuts(LeastRejected& rejected) const {
  const Costs::LinkPair link = links_.between(0, 0);
  for (int cut = reached_by_any_.next(1, units_); cut < units_;
       cut = reached_by_any_.next(cut + 1, units_)) {
    if (!allowed_.has(cut)) rejected.add(links_.us(link, cut));
  }
}

// earliest_[p]: no plan can have its cut before the device at p earlier, as the devices from p on
// could not do the rest even without links. False where not even all can do all.
bool ReachProbe::find_earliest(double lambda, LeastRejected& rejected) {
  earliest_.back() = units_;
  for (std::size_t p = stages_.size(); p-- > 0;) {
    const int end = earliest_[p + 1];
    earliest_[p] = end == 0 ? 0 : stages_[p].nearest(end, lambda, rejected);
  }
  return earliest_[0] == 0;
}

void ReachProbe::collect_starts(std::size_t p, double lambda, LeastRejected& rejected) {
  CutSet& starts = starts_[p];
  starts.clear();
  if (p == 0 || (order_.may_skip && !order_.first_is_fixed)) starts.add(0);
  if (any_sender_) {
    starts.add_common(reached_by_any_, allowed_, earliest_[p]);
    return;
  }
  const std::size_t first = order_.may_skip || p == 0 ? 0 : p - 1;
  for (std::size_t sender = first; sender < p; ++sender) receive_from(sender, p, lambda, rejected);
}

void ReachProbe::receive_from(std::size_t sender, std::size_t p, double lambda,
                              LeastRejected& rejected) {
  const Costs::LinkPair link = links_.between(sender, p);
  const CutSet& cuts = reached_[sender];
  CutSet& starts = starts_[p];
  if (links_.slowest_us(link) <= lambda) {
    starts.add_all(cuts, earliest_[p]);
    starts.remove(units_);
    return;
  }
  for (int cut = cuts.next(earliest_[p], units_); cut < units_; cut = cuts.next(cut + 1, units_)) {
    const double us = links_.us(link, cut);
    if (us <= lambda) {
      starts.add(cut);
    } else {
      rejected.add(us);
    }
  }
}

// All ends of stages on p. Stages that begin at a run of cuts end anywhere from the first of them
// on to as far as the last one gets, but for units that the device cannot do even alone.
void ReachProbe::spread(std::size_t p, double lambda, LeastRejected& rejected) {
  const ChainStage& stage = stages_[p];
  const CutSet& starts = starts_[p];
  CutSet& ends = reached_[p];
  ends.clear();
  const bool takes_each_unit = stage.slowest_unit_us() <= lambda && stage.surely_holds_each_unit();
  int covered = 0;
  for (int begin = starts.next(0, units_); begin < units_;) {
    const int next = takes_each_unit ? starts.next_missing(begin + 1, units_) : begin + 1;
    const int end = stage.furthest(next - 1, next - 1, units_, lambda, rejected);
    ends.add_range(std::max(begin, covered) + 1, end);
    covered = std::max(covered, end);
    begin = starts.next(next, units_);
  }
}

std::vector<Placement> ReachProbe::plan(double lambda, int codec) const {
  std::vector<Placement> stages;
  LeastRejected unused;
  std::size_t p = last_position_;
  int end = units_;
  while (true) {
    const int begin = starts_[p].next(stages_[p].nearest(end, lambda, unused), end);
    stages.push_back({stages_[p].device(), begin, end - 1, end == units_ ? kNoCodec : codec});
    if (begin == 0) break;
    p = sender(p, begin, lambda);
    end = begin;
  }
  std::reverse(stages.begin(), stages.end());
  return stages;
}

// A device whose stage may end at the cut and whose link to p is fast enough for it.
std::size_t ReachProbe::sender(std::size_t p, int cut, double lambda) const {
  std::size_t q = p;
  do {
    ACCEPTLAB_CHECK(q > 0);
    --q;
  } while (!reached_[q].has(cut) || links_.us(q, p, cut) > lambda);
  return q;
}

}  // namespace acceptlab::partition
