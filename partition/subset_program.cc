#include "partition/subset_program.h"

#include "partition/device_types.h"
#include "partition/evaluate.h"
#include "partition/labels.h"
#include "partition/least_limit.h"

namespace acceptlab::partition {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// For each multiset of devices, type of the first of them, and cut with its codec: the best way to
// train the units behind the cut with exactly these devices.
template <typename Label>
class SubsetProgram {
 public:
  SubsetProgram(const Costs& costs, double limit_us)
      : costs_(costs),
        types_(costs.problem()),
        limit_us_(limit_us),
        units_(costs.units()),
        codecs_(costs.end_codec() - costs.first_codec()),
        best_(*types_.multisets() * at(types_.count() * units_ * codecs_)) {
    std::vector<Next> next(at(units_ * codecs_));
    for (std::size_t set = 1; set < *types_.multisets(); ++set) {
      for (int type = 0; type < types_.count(); ++type) {
        if (types_.used(set, type) == 0) continue;
        choose_next(set, type, next);
        extend(set, type, next);
      }
    }
  }

  Placements plan() const {
    const Way* best = nullptr;
    std::size_t best_set = 0;
    int best_type = 0;
    for (std::size_t set = 1; set < *types_.multisets(); ++set) {
      for (int type = 0; type < types_.count(); ++type) {
        const Way& way = best_[index(set, type, 0, 0)];
        if (!way.label.found() || (best != nullptr && !way.label.better_than(best->label)))
          continue;
        best = &way;
        best_set = set;
        best_type = type;
      }
    }
    if (best == nullptr) return std::nullopt;
    return trace(best_set, best_type);
  }

 private:
  struct Way {
    Label label;
    int end = 0;    // of the first stage
    int codec = 0;  // behind it, from 0
    int type = -1;  // of the device that goes on, -1: none
  };
  struct Next {
    Label label;
    int type = -1;
  };

  static std::size_t at(int index) { return static_cast<std::size_t>(index); }
  std::size_t index(std::size_t set, int type, int begin, int codec) const {
    return (set * at(types_.count()) + at(type)) * at(units_ * codecs_) +
           at(begin * codecs_ + codec);
  }

  void choose_next(std::size_t set, int type, std::vector<Next>& next) const {
    std::fill(next.begin(), next.end(), Next{});
    const std::size_t rest = types_.without(set, type);
    for (int head = 0; head < types_.count(); ++head) {
      if (types_.used(rest, head) == 0) continue;
      const Costs::LinkPair link = costs_.link_pair(types_.device(type), types_.device(head));
      for (int cut = 1; cut < units_; ++cut) {
        for (int c = 0; c < codecs_; ++c) {
          const Label& behind = best_[index(rest, head, cut, c)].label;
          if (!behind.found()) continue;
          const int codec = costs_.first_codec() + c;
          const double link_us = costs_.link_us(link, cut, codec);
          if (link_us > limit_us_) continue;
          const Label label = behind.behind_link(link_us, costs_.quality_cost(codec));
          Next& best = next[at(cut * codecs_ + c)];
          if (label.better_than(best.label)) best = {label, head};
        }
      }
    }
  }

  // The device that holds the data comes first, and only it.
  bool may_begin_at(int type, int begin) const {
    if (!costs_.problem().first_device_is_fixed) return true;
    return (types_.device(type) == 0) == (begin == 0);
  }

  void extend(std::size_t set, int type, const std::vector<Next>& next) {
    const int stages = types_.used(set);
    const int device = types_.device(type);
    for (int begin = 0; begin < units_; ++begin) {
      if (!may_begin_at(type, begin)) continue;
      for (int end = begin + 1; end <= units_; ++end) {
        if (!costs_.fits(device, begin, end, stages)) break;
        for (int before = 0; before < (begin == 0 ? 1 : codecs_); ++before) {
          Way& best = best_[index(set, type, begin, before)];
          offer_ends(best, device, begin, end, before, stages, next);
        }
      }
    }
  }

  void offer_ends(Way& best, int device, int begin, int end, int before, int stages,
                  const std::vector<Next>& next) const {
    const int codec_before = costs_.first_codec() + before;
    if (end == units_) {
      if (stages != 1) return;
      const double us = costs_.stage_us(device, begin, end, codec_before, kNoCodec);
      if (us <= limit_us_) offer(best, {Label::last_stage(us), end, 0, -1});
      return;
    }
    for (int after = 0; after < codecs_; ++after) {
      const Next& rest = next[at(end * codecs_ + after)];
      if (!rest.label.found()) continue;
      const double us =
          costs_.stage_us(device, begin, end, codec_before, costs_.first_codec() + after);
      if (us <= limit_us_) offer(best, {rest.label.behind_stage(us), end, after, rest.type});
    }
  }

  static void offer(Way& best, const Way& way) {
    if (way.label.better_than(best.label)) best = way;
  }

  std::vector<Placement> trace(std::size_t set, int type) const {
    std::vector<Placement> stages;
    int begin = 0;
    int codec = 0;
    while (type >= 0) {
      const Way& way = best_[index(set, type, begin, codec)];
      const int member = types_.size(type) - types_.used(set, type);
      stages.push_back({types_.device(type, member), begin, way.end - 1,
                        way.type < 0 ? kNoCodec : costs_.first_codec() + way.codec});
      set = types_.without(set, type);
      begin = way.end;
      codec = way.codec;
      type = way.type;
    }
    return stages;
  }

  const Costs& costs_;
  const DeviceTypes types_;
  const double limit_us_;
  const int units_;
  const int codecs_;
  std::vector<Way> best_;  // [multiset][type of the first][begin][codec before]
};

}  // namespace

std::optional<std::size_t> subset_program_size(const Costs& costs) {
  const DeviceTypes types(costs.problem());
  const auto per_set = static_cast<std::size_t>(types.count()) *
                       static_cast<std::size_t>(costs.units()) *
                       static_cast<std::size_t>(costs.end_codec() - costs.first_codec());
  if (!types.multisets() || *types.multisets() > (std::size_t{1} << 62) / per_set) {
    return std::nullopt;
  }
  return *types.multisets() * per_set;
}

Placements cheapest_subset_within(const Costs& costs, double limit_us) {
  return SubsetProgram<Expense>(costs, limit_us).plan();
}

Placements solve_subsets(const Costs& costs) {
  const auto& budget = costs.problem().quality_budget;
  if (budget) {
    return least_within_budget(
        costs, *budget, [&](double limit_us) { return cheapest_subset_within(costs, limit_us); });
  }
  const Placements fastest = SubsetProgram<Bottleneck>(costs, kInfinity).plan();
  if (!fastest) return std::nullopt;
  return cheapest_subset_within(costs, evaluate(costs, *fastest).bottleneck_us);
}

}  // namespace acceptlab::partition
