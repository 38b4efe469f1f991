#include "partition/makespan_program.h"

#include <algorithm>
#include <tuple>

#include "partition/evaluate.h"

namespace acceptlab::partition {

namespace {

constexpr std::size_t kEnd = ~std::size_t{0};

// A way to do the rest of the model.
struct Label {
  double through_us = 0.0;  // one micro-batch, both passes
  UnitTime slowest;         // stage or link
  double quality_cost = 0.0;
  int stages = 0;
  int end = 0;              // of the first stage
  int codec = 0;            // behind it, from 0
  std::size_t next = kEnd;  // label that goes on
  std::size_t state = 0;

  void pass(UnitTime time) {
    through_us += time.forward_us + time.backward_us;
    slowest.forward_us = std::max(slowest.forward_us, time.forward_us);
    slowest.backward_us = std::max(slowest.backward_us, time.backward_us);
  }
  bool beats(const Label& o) const {
    return through_us <= o.through_us && slowest.forward_us <= o.slowest.forward_us &&
           slowest.backward_us <= o.slowest.backward_us && quality_cost <= o.quality_cost &&
           stages <= o.stages;
  }
};

class MakespanProgram {
 public:
  MakespanProgram(const Costs& costs, const StateSpace& space, double known_us,
                  std::size_t most_labels)
      : costs_(costs),
        space_(space),
        known_us_(known_us),
        most_labels_(most_labels),
        units_(costs.units()),
        codecs_(costs.end_codec() - costs.first_codec()),
        fronts_(space.size() * at(units_ * codecs_)) {
    for (std::size_t s = 0; s < space.size() && !is_full(); ++s) extend(s);
  }

  bool is_full() const { return labels_.size() >= most_labels_; }

  Placements plan() const {
    std::vector<const Label*> whole;
    double least_us = std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < space_.size(); ++s) {
      for (const std::size_t l : fronts_[index(s, 0, 0)]) {
        whole.push_back(&labels_[l]);
        least_us = std::min(least_us, makespan_us(labels_[l]));
      }
    }
    if (whole.empty()) return std::nullopt;
    // Sums that differ by rounding alone are equal.
    const auto judge = [&](const Label* l) {
      return std::make_tuple(makespan_us(*l) > least_us * (1.0 + 1e-12), l->quality_cost,
                             l->stages);
    };
    return trace(**std::min_element(whole.begin(), whole.end(), [&](const auto* a, const auto* b) {
      return judge(a) < judge(b);
    }));
  }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }
  std::size_t index(std::size_t state, int begin, int codec) const {
    return state * at(units_ * codecs_) + at(begin * codecs_ + codec);
  }
  double makespan_us(const Label& l) const {
    return l.through_us +
           (costs_.problem().micro_batches - 1) * (l.slowest.forward_us + l.slowest.backward_us);
  }

  void extend(std::size_t s) {
    for_each_stage(costs_, space_.state(s), [&](int begin, int end, int before) {
      if (end < units_) {
        extend(s, begin, end, before);
      } else {
        end_with(s, begin, before);
      }
    });
  }

  void end_with(std::size_t s, int begin, int before) {
    Label last;
    last.pass(stage_time(s, begin, units_, before, kNoCodec));
    last.stages = 1;
    last.end = units_;
    last.state = s;
    offer(s, begin, before, last);
  }

  void extend(std::size_t s, int begin, int end, int before) {
    const State& state = space_.state(s);
    space_.for_each_next(state, [&](std::size_t next) {
      const int to = space_.state(next).device;
      for (int after = 0; after < codecs_; ++after) {
        const std::vector<std::size_t>& front = fronts_[index(next, end, after)];
        if (front.empty()) continue;
        const int codec = costs_.first_codec() + after;
        const UnitTime stage = stage_time(s, begin, end, before, codec);
        const UnitTime link = micro_batch_link(costs_, state.device, to, end, codec);
        for (std::size_t i = 0; i < front.size() && !is_full(); ++i) {
          Label label = labels_[front[i]];
          label.next = front[i];
          label.pass(link);
          label.pass(stage);
          label.quality_cost += costs_.quality_cost(codec);
          ++label.stages;
          label.end = end;
          label.codec = after;
          label.state = s;
          offer(s, begin, before, label);
        }
      }
    });
  }

  UnitTime stage_time(std::size_t s, int begin, int end, int before, int codec_after) const {
    return micro_batch_stage(costs_, {space_.state(s).device, begin, end - 1, codec_after},
                             begin == 0 ? kNoCodec : costs_.first_codec() + before);
  }

  void offer(std::size_t s, int begin, int before, const Label& label) {
    // Whatever is put in front only adds.
    if (makespan_us(label) > known_us_) return;
    const auto& budget = costs_.problem().quality_budget;
    if (budget && label.quality_cost > *budget) return;
    std::vector<std::size_t>& front = fronts_[index(s, begin, before)];
    for (const std::size_t other : front) {
      if (labels_[other].beats(label)) return;
    }
    front.erase(std::remove_if(front.begin(), front.end(),
                               [&](std::size_t other) { return label.beats(labels_[other]); }),
                front.end());
    front.push_back(labels_.size());
    labels_.push_back(label);
  }

  std::vector<Placement> trace(const Label& first) const {
    std::vector<Placement> stages;
    int begin = 0;
    for (const Label* l = &first;; l = &labels_[l->next]) {
      const bool is_last = l->next == kEnd;
      stages.push_back({space_.state(l->state).device, begin, l->end - 1,
                        is_last ? kNoCodec : costs_.first_codec() + l->codec});
      if (is_last) return stages;
      begin = l->end;
    }
  }

  const Costs& costs_;
  const StateSpace& space_;
  const double known_us_;
  const std::size_t most_labels_;
  const int units_;
  const int codecs_;
  std::vector<Label> labels_;
  std::vector<std::vector<std::size_t>> fronts_;  // [state][begin][codec before] of labels_
};

}  // namespace

MakespanResult least_makespan(const Costs& costs, const StateSpace& space, const Placements& known,
                              std::size_t most_labels) {
  // A rounding error must not hide the plan that is known.
  const double known_us = known ? evaluate(costs, *known).makespan_us * (1.0 + 1e-12)
                                : std::numeric_limits<double>::infinity();
  const MakespanProgram program(costs, space, known_us, most_labels);
  MakespanResult result{program.plan(), !program.is_full()};
  if (!result.plan) result.plan = known;
  return result;
}

}  // namespace acceptlab::partition
