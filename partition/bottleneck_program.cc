#include "partition/bottleneck_program.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "partition/evaluate.h"

namespace acceptlab::partition {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What the program judges a plan by, or its part from some unit on. A label grows from the
// last stage to the first; one that is default-made stands for no plan.

// The slowest stage or link.
struct Bottleneck {
  double us = kInfinity;
  bool found() const { return us < kInfinity; }
  bool better_than(const Bottleneck& other) const { return us < other.us; }
  Bottleneck behind_link(double link_us, double /*quality_cost*/) const {
    return {std::max(us, link_us)};
  }
  Bottleneck behind_stage(double stage_us) const { return {std::max(us, stage_us)}; }
  static Bottleneck last_stage(double stage_us) { return {stage_us}; }
};

// Of plans that are fast enough: what else counts.
struct Expense {
  double quality_cost = kInfinity;
  int stages = 0;
  double total_us = 0.0;
  bool found() const { return quality_cost < kInfinity; }
  bool better_than(const Expense& o) const {
    return std::tie(quality_cost, stages, total_us) <
           std::tie(o.quality_cost, o.stages, o.total_us);
  }
  Expense behind_link(double link_us, double cost) const {
    return {quality_cost + cost, stages, total_us + link_us};
  }
  Expense behind_stage(double stage_us) const {
    return {quality_cost, stages + 1, total_us + stage_us};
  }
  static Expense last_stage(double stage_us) { return {0.0, 1, stage_us}; }
};

// Fills, for each state and cut, the best way to train the units behind the cut when the state's
// device is the first of the rest.
template <typename Label>
class Program {
 public:
  Program(const Costs& costs, const StateSpace& space, double limit_us)
      : costs_(costs),
        space_(space),
        limit_us_(limit_us),
        units_(costs.units()),
        codecs_(costs.end_codec() - costs.first_codec()),
        best_(space.size() * at(units_ * codecs_)),
        next_(at(units_ * codecs_)) {
    for (std::size_t s = 0; s < space.size(); ++s) {
      choose_next(space.state(s));
      extend(s);
    }
  }

  const Label& label(std::size_t way) const { return best_[way].label; }
  std::size_t ways() const { return best_.size(); }

  Placements plan() const {
    const Way* best = nullptr;
    std::size_t first = 0;
    for (std::size_t s = 0; s < space_.size(); ++s) {
      const Way& way = best_[index(s, 0, 0)];
      if (!way.label.found() || (best != nullptr && !way.label.better_than(best->label))) continue;
      best = &way;
      first = s;
    }
    if (best == nullptr) return std::nullopt;
    return trace(first);
  }

 private:
  static constexpr std::size_t kEnd = ~std::size_t{0};
  struct Way {
    Label label;
    int end = 0;              // of the first stage
    int codec = 0;            // behind it, from 0
    std::size_t next = kEnd;  // the state that goes on
  };
  struct Next {
    Label label;
    std::size_t state = kEnd;
  };

  static std::size_t at(int index) { return static_cast<std::size_t>(index); }
  std::size_t index(std::size_t state, int begin, int codec) const {
    return state * at(units_ * codecs_) + at(begin * codecs_ + codec);
  }

  // For every cut behind a stage of the state: which state goes on best.
  void choose_next(const State& state) {
    std::fill(next_.begin(), next_.end(), Next{});
    space_.for_each_next(state, [&](std::size_t next) {
      const Costs::LinkPair link = costs_.link_pair(state.device, space_.state(next).device);
      for (int cut = 1; cut < units_; ++cut) {
        for (int c = 0; c < codecs_; ++c) offer_next(next, link, cut, c);
      }
    });
  }

  void offer_next(std::size_t state, const Costs::LinkPair& link, int cut, int c) {
    const Label& rest = best_[index(state, cut, c)].label;
    if (!rest.found()) return;
    const int codec = costs_.first_codec() + c;
    const double link_us = costs_.link_us(link, cut, codec);
    if (link_us > limit_us_) return;
    const Label label = rest.behind_link(link_us, costs_.quality_cost(codec));
    Next& best = next_[at(cut * codecs_ + c)];
    if (label.better_than(best.label)) best = {label, state};
  }

  void extend(std::size_t s) {
    const State& state = space_.state(s);
    for_each_stage(costs_, state, [&](int begin, int end, int before) {
      Way& best = best_[index(s, begin, before)];
      if (end < units_) {
        offer_ends(best, state, begin, end, before);
      } else {
        offer_last(best, state, begin, before);
      }
    });
  }

  void offer_ends(Way& best, const State& state, int begin, int end, int before) const {
    for (int after = 0; after < codecs_; ++after) {
      const Next& next = next_[at(end * codecs_ + after)];
      if (!next.label.found()) continue;
      const double us = costs_.stage_us(state.device, begin, end, costs_.first_codec() + before,
                                        costs_.first_codec() + after);
      if (us <= limit_us_) offer(best, {next.label.behind_stage(us), end, after, next.state});
    }
  }

  void offer_last(Way& best, const State& state, int begin, int before) const {
    const double us =
        costs_.stage_us(state.device, begin, units_, costs_.first_codec() + before, kNoCodec);
    if (us <= limit_us_) offer(best, {Label::last_stage(us), units_, 0, kEnd});
  }

  static void offer(Way& best, const Way& way) {
    if (way.label.better_than(best.label)) best = way;
  }

  std::vector<Placement> trace(std::size_t s) const {
    std::vector<Placement> stages;
    int begin = 0;
    int codec = 0;
    while (s != kEnd) {
      const Way& way = best_[index(s, begin, codec)];
      stages.push_back({space_.state(s).device, begin, way.end - 1,
                        way.next == kEnd ? kNoCodec : costs_.first_codec() + way.codec});
      begin = way.end;
      codec = way.codec;
      s = way.next;
    }
    return stages;
  }

  const Costs& costs_;
  const StateSpace& space_;
  const double limit_us_;
  const int units_;
  const int codecs_;
  std::vector<Way> best_;   // [state][begin][codec before]
  std::vector<Next> next_;  // [cut][codec], for the state at hand
};

// Doubles that are not negative are ordered as their bits.
std::uint64_t to_bits(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
double from_bits(std::uint64_t bits) {
  double value = 0.0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// With a budget of quality the least bottleneck is no property of a plan's parts: search the least
// limit under which the cheapest plan keeps within the budget. No plan is below `least_us`.
Placements least_within_budget(const Costs& costs, const StateSpace& space, double budget,
                               double least_us = 0.0) {
  const auto affordable = [&](double limit_us) -> Placements {
    Placements plan = cheapest_within(costs, space, limit_us);
    if (!plan || evaluate(costs, *plan).quality_cost > budget) return std::nullopt;
    return plan;
  };
  if (Placements fastest = affordable(least_us)) return fastest;
  const Placements first = affordable(std::numeric_limits<double>::max());
  if (!first) return std::nullopt;
  std::uint64_t low = to_bits(least_us) + 1;  // the least limit that may do
  std::uint64_t high = to_bits(evaluate(costs, *first).bottleneck_us);
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (const Placements plan = affordable(from_bits(middle))) {
      high = to_bits(evaluate(costs, *plan).bottleneck_us);
    } else {
      low = middle + 1;
    }
  }
  return affordable(from_bits(high));
}

}  // namespace

Placements cheapest_within(const Costs& costs, const StateSpace& space, double limit_us) {
  return Program<Expense>(costs, space, limit_us).plan();
}

Placements least_bottleneck(const Costs& costs, const StateSpace& space) {
  const auto& budget = costs.problem().quality_budget;
  const double tolerance = costs.problem().time_tolerance;
  Placements fastest = budget ? least_within_budget(costs, space, *budget)
                              : Program<Bottleneck>(costs, space, kInfinity).plan();
  if (!fastest || (budget && tolerance == 0.0)) return fastest;
  // One program for both would be wrong: a part with a larger bottleneck and a smaller expense may
  // belong to the best plan once another part is the bottleneck anyway.
  const double least_us = evaluate(costs, *fastest).bottleneck_us;
  Placements cheapest = cheapest_within(costs, space, least_us * (1.0 + tolerance));
  if (tolerance == 0.0) return cheapest;
  return least_within_budget(costs, space, evaluate(costs, *cheapest).quality_cost, least_us);
}

RestOfPipeline::RestOfPipeline(const Costs& costs, const StateSpace& space)
    : codecs_(static_cast<std::size_t>(costs.end_codec() - costs.first_codec())),
      per_state_(static_cast<std::size_t>(costs.units()) * codecs_) {
  const Program<Bottleneck> program(costs, space, kInfinity);
  us_.reserve(program.ways());
  for (std::size_t way = 0; way < program.ways(); ++way) us_.push_back(program.label(way).us);
}

}  // namespace acceptlab::partition
