#include "partition/free_search.h"

#include <algorithm>

#include "partition/evaluate.h"
#include "partition/lower_bound.h"
#include "partition/stage_table.h"

namespace acceptlab::partition {

namespace {

// Up to here a further look at all multisets costs milliseconds at most.
constexpr std::size_t kMostForFewestStages = std::size_t{1} << 14;

template <int kWords>
class FreeSearch {
 public:
  using Set = NodeSet<kWords>;

  explicit FreeSearch(const Costs& costs)
      : costs_(costs),
        types_(costs.problem()),
        stages_(costs, types_),
        heads_(stages_.separable() ? 1 : types_.count()),
        reach_(*types_.multisets() * at(heads_)),
        devices_(types_.sizes()) {}

  Placements run(const Placements& start) {
    best_ = start;
    // Times of stages and links from the bound up to below the best plan: the optimum, or nothing.
    candidates_ = stages_.times_between(compute_bound_us(costs_), best_us());
    std::size_t low = 0;
    std::size_t end = below_best();
    // The best plan so far is often the optimum: ask for anything better first.
    std::size_t next = end - 1;
    while (low < end) {
      if (probe(candidates_[next], false)) {
        best_ = trace();
        end = below_best();
      } else {
        low = next + 1;
      }
      next = low + (end - low) / 2;
    }
    if (best_ && *types_.multisets() <= kMostForFewestStages) {
      const bool found = probe(best_us(), true);
      ACCEPTLAB_CHECK(found);
      best_ = trace();
    }
    return best_;
  }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }

  double best_us() const {
    return best_ ? evaluate(costs_, *best_).bottleneck_us : std::numeric_limits<double>::infinity();
  }
  // How many candidates are less than the best plan.
  std::size_t below_best() const {
    return static_cast<std::size_t>(
        std::lower_bound(candidates_.begin(), candidates_.end(), best_us()) - candidates_.begin());
  }

  // Whether there is a plan within lambda. With `all`, looks at every multiset, to find the plan of
  // the fewest stages.
  bool probe(double lambda, bool all) {
    stages_.limit_to(lambda);
    std::fill(reach_.begin(), reach_.end(), Set{});
    reach_[0].add(stages_.nodes().end());
    found_ = 0;
    all_ = all;
    fill(types_.count(), 0);
    return found_ != 0;
  }

  // Fills in the multisets that are `base` and any devices of the first `types` types; plans that
  // begin with a device of another type are there already. Each type goes in front of many
  // multisets in a row, so that its tables stay in the nearest cache. False where no more need be
  // looked at.
  bool fill(int types, std::size_t base) {
    if (types == 0) return true;
    const int type = types - 1;
    for (int used = 0;; ++used) {
      if (!fill(type, base)) return false;
      if (used == types_.size(type)) return true;
      if (!put_in_front(type, base)) return false;
      base = types_.with(base, type);
    }
  }

  // A device of the type in front of each multiset that is `base` with devices of types before it.
  bool put_in_front(int type, std::size_t base) {
    const int start = stages_.nodes().start();
    const std::size_t end = types_.with(base, type);
    const Set* table = stages_.tables(type, 1);
    for (std::size_t rest = base; rest < end; ++rest) {
      const std::size_t set = types_.with(rest, type);
      if (stages_.depths() > 1) table = stages_.tables(type, devices_[rest] + 1);
      const Set begins = stages_.begins(table, behind_of(rest, type));
      reach_[stages_.separable() ? set : set * at(heads_) + at(type)] |= begins;
      if (!begins.has(start) || (found_ != 0 && devices_[set] >= devices_[found_])) continue;
      found_ = set;
      if (!all_) return false;
    }
    return true;
  }

  Set behind_of(std::size_t rest, int type) const {
    if (stages_.separable()) return reach_[rest];
    Set behind;
    for (int head = 0; head < heads_; ++head) {
      Set begins = reach_[rest * at(heads_) + at(head)];
      behind |= begins &= stages_.allowed(type, head);
    }
    return behind;
  }

  // A plan from the sets of the last probe.
  std::vector<Placement> trace() const {
    const Nodes& nodes = stages_.nodes();
    std::vector<Placement> stages;
    std::size_t set = found_;
    int from = nodes.start();
    int type_before = -1;
    while (set != 0) {
      const Step step = step_from(set, from, type_before);
      const int member = types_.size(step.type) - types_.used(set, step.type);
      stages.push_back({types_.device(step.type, member), nodes.cut(from), nodes.cut(step.to) - 1,
                        nodes.codec(step.to)});
      set = types_.without(set, step.type);
      from = step.to;
      type_before = step.type;
    }
    return stages;
  }

  struct Step {
    int type;
    int to;
  };
  Step step_from(std::size_t set, int from, int type_before) const {
    const int depth = stages_.depths() > 1 ? devices_[set] : 1;
    for (int type = 0; type < types_.count(); ++type) {
      if (types_.used(set, type) == 0) continue;
      if (type_before >= 0 && !stages_.separable() &&
          !stages_.allowed(type_before, type).has(from)) {
        continue;
      }
      const Set behind = behind_of(types_.without(set, type), type);
      for (int to = stages_.nodes().count() - 1; to >= 0; --to) {
        if (behind.has(to) && stages_.begins_at(from, type, depth, to)) return {type, to};
      }
    }
    ACCEPTLAB_CHECK(false);
    return {};
  }

  const Costs& costs_;
  const DeviceTypes types_;
  StageTable<kWords> stages_;
  const int heads_;
  std::vector<Set> reach_;                    // [multiset][head]
  const std::vector<std::uint16_t> devices_;  // [multiset]
  std::size_t found_ = 0;
  bool all_ = false;
  Placements best_;
  std::vector<double> candidates_;
};

}  // namespace

std::optional<std::size_t> free_search_words(const Costs& costs) {
  const DeviceTypes types(costs.problem());
  const int words = Nodes(costs).words();
  const int heads = links_are_separable(costs.problem()) ? 1 : types.count();
  const auto per_set = static_cast<std::size_t>(words) * static_cast<std::size_t>(heads);
  if (words > 8 || !types.multisets()) return std::nullopt;
  if (*types.multisets() > (std::size_t{1} << 62) / per_set) return std::nullopt;
  return *types.multisets() * per_set;
}

Placements search_free_order(const Costs& costs, const Placements& start) {
  ACCEPTLAB_CHECK(!costs.problem().quality_budget);
  const int words = Nodes(costs).words();
  if (words <= 1) return FreeSearch<1>(costs).run(start);
  if (words <= 2) return FreeSearch<2>(costs).run(start);
  if (words <= 4) return FreeSearch<4>(costs).run(start);
  ACCEPTLAB_CHECK(words <= 8);
  return FreeSearch<8>(costs).run(start);
}

}  // namespace acceptlab::partition
