#include "partition/best_plans.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include "partition/bottleneck_program.h"
#include "partition/evaluate.h"

namespace acceptlab::partition {

namespace {

constexpr std::size_t kNone = ~std::size_t{0};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
// States times cuts up to which plans are listed.
constexpr std::size_t kMostStates = 4096;

// The beginning of a plan: its stages but the last, and where the last one begins.
struct Prefix {
  double bound_us = 0.0;   // least bottleneck of plans that begin so
  double so_far_us = 0.0;  // of its stages and links
  int stages = 0;
  std::size_t state = 0;  // of the stage that is to come
  int begin = 0;          // its first unit
  int codec_before = 0;   // from 0
  std::size_t before = kNone;
};

// Best first: the rest of each beginning is bounded exactly by the dynamic program, so plans come
// out in the order of their bottlenecks.
class Enumeration {
 public:
  Enumeration(const Costs& costs, const StateSpace& space)
      : costs_(costs), space_(space), rest_(costs, space) {
    for (std::size_t s = 0; s < space.size(); ++s)
      push({rest_.us(s, 0, 0), 0.0, 0, s, 0, 0, kNone});
  }

  // The next best plan; empty where there are no more.
  std::vector<Placement> next() {
    while (!queue_.empty()) {
      const Entry entry = queue_.top();
      queue_.pop();
      const Prefix prefix = prefixes_[entry.prefix];
      if (prefix.state == kNone) return trace(entry.prefix);
      extend(entry.prefix, prefix);
    }
    return {};
  }

 private:
  struct Entry {
    double bound_us;
    int stages;
    std::size_t prefix;
    bool operator<(const Entry& o) const {  // the top of the queue is the largest
      return std::tie(o.bound_us, o.stages, o.prefix) < std::tie(bound_us, stages, prefix);
    }
  };

  void push(const Prefix& prefix) {
    if (prefix.bound_us == kInfinity) return;
    queue_.push({prefix.bound_us, prefix.stages, prefixes_.size()});
    prefixes_.push_back(prefix);
  }

  void extend(std::size_t index, const Prefix& prefix) {
    const State& state = space_.state(prefix.state);
    const int codecs = costs_.end_codec() - costs_.first_codec();
    const int codec_before = costs_.first_codec() + prefix.codec_before;
    for (int end = prefix.begin + 1; end <= costs_.units(); ++end) {
      if (!costs_.fits(state.device, prefix.begin, end, state.stages)) break;
      if (end == costs_.units()) {
        if (!state.may_be_last) break;
        const double us = costs_.stage_us(state.device, prefix.begin, end, codec_before, kNoCodec);
        const double all = std::max(prefix.so_far_us, us);
        push({all, all, prefix.stages + 1, kNone, end, 0, index});
        break;
      }
      space_.for_each_next(state, [&](std::size_t next) {
        for (int c = 0; c < codecs; ++c) {
          const double rest = rest_.us(next, end, c);
          if (rest == kInfinity) continue;
          const int codec = costs_.first_codec() + c;
          const double stage =
              costs_.stage_us(state.device, prefix.begin, end, codec_before, codec);
          const double link = costs_.link_us(state.device, space_.state(next).device, end, codec);
          const double so_far = std::max({prefix.so_far_us, stage, link});
          push({std::max(so_far, rest), so_far, prefix.stages + 1, next, end, c, index});
        }
      });
    }
  }

  std::vector<Placement> trace(std::size_t index) const {
    std::vector<Placement> stages;
    int codec = kNoCodec;
    while (prefixes_[index].before != kNone) {
      const Prefix& end = prefixes_[index];
      const Prefix& begin = prefixes_[end.before];
      stages.push_back({space_.state(begin.state).device, begin.begin, end.begin - 1, codec});
      codec = costs_.first_codec() + begin.codec_before;
      index = end.before;
    }
    std::reverse(stages.begin(), stages.end());
    return stages;
  }

  const Costs& costs_;
  const StateSpace& space_;
  const RestOfPipeline rest_;
  std::vector<Prefix> prefixes_;
  std::priority_queue<Entry> queue_;
};

std::optional<StateSpace> small_space(const Costs& costs) {
  const Problem& problem = costs.problem();
  if (problem.objective == Objective::kMakespan || problem.quality_budget) return std::nullopt;
  if (problem.mode != Mode::kFree) {
    if (problem.devices.size() > kMostStates / 16) return std::nullopt;
    return StateSpace::of_order(costs, order_of(problem));
  }
  const auto size = free_order_size(problem);
  if (!size || *size > kMostStates) return std::nullopt;
  return StateSpace::of_sets(costs);
}

}  // namespace

std::vector<Alternative> best_other_plans(const Problem& problem,
                                          const std::vector<Placement>& plan, int count) {
  std::vector<Alternative> others;
  const Costs costs(problem);
  const std::optional<StateSpace> space = small_space(costs);
  if (!space) return others;
  Enumeration plans(costs, *space);
  while (static_cast<int>(others.size()) < count) {
    std::vector<Placement> stages = plans.next();
    if (stages.empty()) break;
    if (stages == plan) continue;
    const double us = evaluate(costs, stages).objective_us;
    others.push_back({std::move(stages), us});
  }
  return others;
}

}  // namespace acceptlab::partition
