#include "partition/chain_program.h"

#include <algorithm>
#include <numeric>

#include "partition/evaluate.h"
#include "partition/labels.h"
#include "partition/least_limit.h"

namespace acceptlab::partition {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Fills, from the last device to the first, the best way to train units i..L with the first of them
// on the device at position p of the order.
template <typename Label>
class ChainProgram {
 public:
  ChainProgram(const Costs& costs, const DeviceOrder& order, double limit_us)
      : costs_(costs),
        order_(order),
        limit_us_(limit_us),
        positions_(static_cast<int>(order.devices.size())),
        units_(costs.units()),
        codecs_(costs.end_codec() - costs.first_codec()),
        depths_(costs.memory_counts_stages() ? positions_ : 1),
        best_(size(positions_)),
        next_(size(1)) {
    for (int p = positions_ - 1; p >= 0; --p) {
      choose_next(p);
      for (int depth = 1; depth <= depths_; ++depth) {
        if (!order_.may_skip && depths_ > 1 && depth != positions_ - p) continue;
        for (int begin = 0; begin < units_; ++begin) extend(p, depth, begin);
      }
    }
  }

  // The best plan; nothing where there is none.
  Placements plan() const {
    const int last_first = order_.may_skip && !order_.first_is_fixed ? positions_ - 1 : 0;
    const Way* best = nullptr;
    int position = 0;
    int depth = 0;
    for (int p = 0; p <= last_first; ++p) {
      for (int d = 1; d <= depths_; ++d) {
        const Way& way = best_[index(p, d, 0, 0)];
        if (!way.label.found() || (best != nullptr && !way.label.better_than(best->label)))
          continue;
        best = &way;
        position = p;
        depth = d;
      }
    }
    if (best == nullptr) return std::nullopt;
    return trace(position, depth);
  }

 private:
  struct Way {
    Label label;
    int end = 0;        // of the first stage
    int codec = 0;      // behind it, from 0
    int position = -1;  // of the device that goes on, -1: none
  };
  struct Next {
    Label label;
    int position = -1;
  };

  std::size_t size(int positions) const {
    return static_cast<std::size_t>(positions) * static_cast<std::size_t>(depths_) *
           static_cast<std::size_t>(units_) * static_cast<std::size_t>(codecs_);
  }
  // Depth: stages from this one to the last where memory counts them, else 1.
  std::size_t index(int position, int depth, int begin, int codec) const {
    return static_cast<std::size_t>(((position * depths_ + depth - 1) * units_ + begin) * codecs_ +
                                    codec);
  }
  int device(int position) const { return order_.devices[static_cast<std::size_t>(position)]; }

  // For every cut behind a stage on p: which device goes on best.
  void choose_next(int p) {
    std::fill(next_.begin(), next_.end(), Next{});
    const int end = order_.may_skip ? positions_ : std::min(p + 2, positions_);
    for (int q = p + 1; q < end; ++q) {
      const Costs::LinkPair link = costs_.link_pair(device(p), device(q));
      for (int cut = 1; cut < units_; ++cut) {
        for (int c = 0; c < codecs_; ++c) offer_next(link, q, cut, c);
      }
    }
  }

  void offer_next(const Costs::LinkPair& link, int q, int cut, int c) {
    const int codec = costs_.first_codec() + c;
    const double link_us = costs_.link_us(link, cut, codec);
    if (link_us > limit_us_) return;
    for (int depth = 1; depth <= depths_; ++depth) {
      const Label& rest = best_[index(q, depth, cut, c)].label;
      if (!rest.found()) continue;
      const Label label = rest.behind_link(link_us, costs_.quality_cost(codec));
      Next& next = next_[index(0, depth, cut, c)];
      if (label.better_than(next.label)) next = {label, q};
    }
  }

  bool may_end_at(int p, int depth) const {
    return depths_ > 1 ? depth == 1 : order_.may_skip || p == positions_ - 1;
  }

  void extend(int p, int depth, int begin) {
    const int codecs_before = begin == 0 ? 1 : codecs_;
    for (int end = begin + 1; end <= units_; ++end) {
      if (!costs_.fits(device(p), begin, end, depth)) break;
      for (int before = 0; before < codecs_before; ++before) {
        const int codec_before = costs_.first_codec() + before;
        if (end == units_) {
          if (may_end_at(p, depth)) offer_end(p, depth, begin, before, codec_before);
          continue;
        }
        if (depths_ > 1 && depth == 1) continue;
        for (int after = 0; after < codecs_; ++after) {
          const Next& next = next_[index(0, depths_ > 1 ? depth - 1 : 1, end, after)];
          if (!next.label.found()) continue;
          const double stage_us =
              costs_.stage_us(device(p), begin, end, codec_before, costs_.first_codec() + after);
          if (stage_us > limit_us_) continue;
          offer(best_[index(p, depth, begin, before)],
                {next.label.behind_stage(stage_us), end, after, next.position});
        }
      }
    }
  }

  void offer_end(int p, int depth, int begin, int before, int codec_before) {
    const double stage_us = costs_.stage_us(device(p), begin, units_, codec_before, kNoCodec);
    if (stage_us > limit_us_) return;
    offer(best_[index(p, depth, begin, before)], {Label::last_stage(stage_us), units_, 0, -1});
  }

  static void offer(Way& best, const Way& way) {
    if (way.label.better_than(best.label)) best = way;
  }

  std::vector<Placement> trace(int position, int depth) const {
    std::vector<Placement> stages;
    int begin = 0;
    int codec = 0;
    while (position >= 0) {
      const Way& way = best_[index(position, depth, begin, codec)];
      const bool is_last = way.position < 0;
      stages.push_back({device(position), begin, way.end - 1,
                        is_last ? kNoCodec : costs_.first_codec() + way.codec});
      begin = way.end;
      codec = way.codec;
      position = way.position;
      if (depths_ > 1) --depth;
    }
    return stages;
  }

  const Costs& costs_;
  const DeviceOrder& order_;
  const double limit_us_;
  const int positions_;
  const int units_;
  const int codecs_;
  const int depths_;
  std::vector<Way> best_;   // [position][depth][begin][codec before]
  std::vector<Next> next_;  // [depth][cut][codec], for the position at hand
};

}  // namespace

DeviceOrder order_of(const Problem& problem) {
  DeviceOrder order;
  order.devices.resize(problem.devices.size());
  std::iota(order.devices.begin(), order.devices.end(), 0);
  order.may_skip = problem.mode != Mode::kFixedAll;
  order.first_is_fixed = problem.first_device_is_fixed;
  return order;
}

Placements cheapest_chain_within(const Costs& costs, const DeviceOrder& order, double limit_us) {
  return ChainProgram<Expense>(costs, order, limit_us).plan();
}

Placements solve_chain(const Costs& costs, const DeviceOrder& order) {
  const auto& budget = costs.problem().quality_budget;
  if (budget) {
    return least_within_budget(costs, *budget, [&](double limit_us) {
      return cheapest_chain_within(costs, order, limit_us);
    });
  }
  const Placements fastest = ChainProgram<Bottleneck>(costs, order, kInfinity).plan();
  if (!fastest) return std::nullopt;
  // One program for both would be wrong: a part with a larger bottleneck and a smaller expense may
  // belong to the best plan once another part is the bottleneck anyway.
  return cheapest_chain_within(costs, order, evaluate(costs, *fastest).bottleneck_us);
}

}  // namespace acceptlab::partition
