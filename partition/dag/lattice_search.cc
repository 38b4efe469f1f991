#include "partition/dag/lattice_search.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "runtime/base/check.h"

namespace acceptlab::partition {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNone = -1.0;  // no time is negative

// Decides whether a plan has no stage or link above a limit.
//
// For each number of stages in turn it finds the downsets that so many stages reach. Whether
// another stage ends at D hangs on one number: the largest time of a downset reached before that
// lies within D, since that start leaves the least work. Going up the edges of the lattice takes
// this maximum to all D at once, so a limit costs an addition and a comparison per edge and stage
// where comparing all pairs would cost the square of the downsets.
class Probe {
 public:
  Probe(const DownsetLattice& lattice, const LatticeGoal& goal)
      : lattice_(lattice),
        goal_(goal),
        latest_start_us_(static_cast<std::size_t>(lattice.count()), kNone),
        reached_(static_cast<std::size_t>(goal.stages) + 1) {
    for (int d = 0; d < lattice.count(); ++d) {
      link_us_.push_back(lattice.cut_bytes(d) * goal.us_per_cut_byte);
    }
    reached_[0] = {0};
  }

  // No plan has a time above this one.
  double loosest_limit_us() const {
    return std::max(whole_us(), *std::max_element(link_us_.begin(), link_us_.end()));
  }

  // `best_us`: plans above are of no interest. Requires: limit_us <= best_us, both finite.
  bool is_feasible(double limit_us, double best_us) {
    limit_us_ = limit_us;
    next_limit_us_ = kInfinity;
    for (int stage = 1; stage <= goal_.stages; ++stage) {
      const auto stages_left = static_cast<double>(goal_.stages - stage);
      extend(stage, whole_us() - stages_left * best_us - kSlack * whole_us());
      const auto& reached = reached_[static_cast<std::size_t>(stage)];
      if (reached.empty()) return false;
      stages_ = stage;
      const bool may_end = goal_.at_most || stage == goal_.stages;
      if (may_end && reached.back() == lattice_.whole()) return true;
    }
    return false;
  }

  // After is_feasible() said no: it says no to all limits below this one.
  double next_limit_us() const { return next_limit_us_; }

  // After is_feasible() said yes. From the last stage back, the start with the least to send.
  LatticePlan plan() const {
    LatticePlan plan;
    int boundary = lattice_.whole();
    for (int stage = stages_; stage > 0; --stage) {
      plan.boundaries.push_back(boundary);
      const int start = best_start(stage, boundary);
      plan.bottleneck_us = std::max({plan.bottleneck_us, link_us(boundary),
                                     lattice_.time_us(boundary) - lattice_.time_us(start)});
      boundary = start;
    }
    std::reverse(plan.boundaries.begin(), plan.boundaries.end());
    return plan;
  }

 private:
  // Of the whole time: beyond the rounding of its sums, so that nothing useful is left out.
  static constexpr double kSlack = 1e-9;

  double whole_us() const { return lattice_.time_us(lattice_.whole()); }
  double link_us(int downset) const { return link_us_[static_cast<std::size_t>(downset)]; }

  // Fills reached_[stage] from the one before, without what ends before `least_us`: the stages left
  // would have too much to do.
  void extend(int stage, double least_us) {
    const std::vector<int>& starts = reached_[static_cast<std::size_t>(stage) - 1];
    std::vector<int>& ends = reached_[static_cast<std::size_t>(stage)];
    ends.clear();
    auto start = starts.begin();
    int last = starts.back();  // beyond it nothing is above a start
    for (int d = starts.front(); d <= last; ++d) {
      double& slot = latest_start_us_[static_cast<std::size_t>(d)];
      double latest_us = end_stage_at(d, slot, least_us, &ends);
      slot = kNone;
      if (start != starts.end() && *start == d) {
        latest_us = lattice_.time_us(d);
        ++start;
      }
      if (latest_us == kNone) continue;
      lattice_.for_each_above(d, [&](int above) {
        double& highest = latest_start_us_[static_cast<std::size_t>(above)];
        highest = std::max(highest, latest_us);
        last = std::max(last, above);
      });
    }
  }

  // Adds d to `ends` where a stage may end there. Returns the start for what is above d, kNone
  // where the stage is too long already.
  double end_stage_at(int d, double start_us, double least_us, std::vector<int>* ends) {
    if (start_us == kNone) return kNone;
    const double stage_us = lattice_.time_us(d) - start_us;
    if (stage_us > limit_us_) {
      next_limit_us_ = std::min(next_limit_us_, stage_us);
      return kNone;
    }
    if (link_us(d) > limit_us_) {
      next_limit_us_ = std::min(next_limit_us_, link_us(d));
    } else if (lattice_.time_us(d) >= least_us) {
      ends->push_back(d);
    }
    return start_us;
  }

  int best_start(int stage, int end) const {
    std::vector<bool> inside(static_cast<std::size_t>(lattice_.whole()) + 1);
    for (const int piece : lattice_.pieces(end)) inside[static_cast<std::size_t>(piece)] = true;
    int best = -1;
    for (const int d : reached_[static_cast<std::size_t>(stage) - 1]) {
      if (d >= end) break;
      if (lattice_.time_us(end) - lattice_.time_us(d) > limit_us_) continue;
      if (best >= 0 && lattice_.cut_bytes(d) >= lattice_.cut_bytes(best)) continue;
      const std::vector<int> pieces = lattice_.pieces(d);
      if (std::all_of(pieces.begin(), pieces.end(),
                      [&](int p) { return inside[static_cast<std::size_t>(p)]; })) {
        best = d;
      }
    }
    ACCEPTLAB_CHECK(best >= 0);
    return best;
  }

  const DownsetLattice& lattice_;
  const LatticeGoal& goal_;
  std::vector<double> link_us_;
  std::vector<double> latest_start_us_;    // [downset], kNone between two calls of extend()
  std::vector<std::vector<int>> reached_;  // [stages], ascending downsets
  double limit_us_ = 0.0;
  double next_limit_us_ = 0.0;
  int stages_ = 0;  // of the plan found
};

}  // namespace

double stage_bound_us(const PieceGraph& graph, int stages) {
  double sum_us = 0.0;
  double longest_us = 0.0;
  for (const auto& piece : graph.pieces) {
    sum_us += piece.time_us;
    longest_us = std::max(longest_us, piece.time_us);
  }
  return std::max(sum_us / stages, longest_us);
}

std::optional<LatticePlan> best_plan(const DownsetLattice& lattice, const LatticeGoal& goal,
                                     double lower_bound_us, double below_us) {
  // Bisection in which each answer moves its end of the interval on to a time that occurs: a plan's
  // own bottleneck, or the least time that was in the way. So it ends with the exact least one.
  Probe probe(lattice, goal);
  std::optional<LatticePlan> best;
  double low_us = lower_bound_us;
  double high_us = below_us;
  while (low_us < high_us) {
    const double limit_us =
        std::isinf(high_us) ? probe.loosest_limit_us() : low_us + (high_us - low_us) / 2;
    if (probe.is_feasible(limit_us, std::isinf(high_us) ? limit_us : high_us)) {
      best = probe.plan();
      high_us = best->bottleneck_us;
    } else {
      low_us = probe.next_limit_us();
    }
  }
  return best;
}

}  // namespace acceptlab::partition
