#include "partition/evaluate.h"

#include <algorithm>

#include "partition/costs.h"
#include "runtime/base/check.h"

namespace acceptlab::partition {

namespace {

// A pipeline of `micro_batches` equal jobs takes what one takes through all parts, and the slowest
// part once for each other job.
class Makespan {
 public:
  explicit Makespan(int micro_batches) : micro_batches_(micro_batches) {}
  void add(UnitTime time) {
    through_ += time.forward_us + time.backward_us;
    slowest_.forward_us = std::max(slowest_.forward_us, time.forward_us);
    slowest_.backward_us = std::max(slowest_.backward_us, time.backward_us);
  }
  double us() const {
    return through_ + (micro_batches_ - 1) * (slowest_.forward_us + slowest_.backward_us);
  }

 private:
  int micro_batches_;
  double through_ = 0.0;
  UnitTime slowest_;
};

int codec_before(const std::vector<Placement>& stages, std::size_t s) {
  return s == 0 ? kNoCodec : stages[s - 1].codec_after;
}

}  // namespace

UnitTime micro_batch_stage(const Costs& costs, const Placement& stage, int codec_before) {
  const int end = stage.last + 1;
  const UnitTime compute = costs.compute_times(stage.device, stage.first, end);
  const UnitTime in = costs.codec_times_of_receiver(stage.device, stage.first, codec_before);
  const UnitTime out = costs.codec_times_of_sender(stage.device, end, stage.codec_after);
  const double share = 1.0 / costs.problem().micro_batches;
  return {(compute.forward_us + in.forward_us + out.forward_us) * share,
          (compute.backward_us + in.backward_us + out.backward_us) * share};
}

UnitTime micro_batch_link(const Costs& costs, int from, int to, int cut, int codec) {
  return costs.link_times(costs.link_pair(from, to), cut, codec,
                          1.0 / costs.problem().micro_batches);
}

Evaluation evaluate(const Costs& costs, const std::vector<Placement>& stages) {
  Evaluation result;
  Makespan makespan(costs.problem().micro_batches);
  int covered = 0;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    const Placement& stage = stages[s];
    const int end = stage.last + 1;
    ACCEPTLAB_CHECK(stage.first == covered && end > covered);
    covered = end;
    const int before = codec_before(stages, s);
    const UnitTime compute = costs.compute_times(stage.device, stage.first, end);
    const UnitTime in = costs.codec_times_of_receiver(stage.device, stage.first, before);
    const UnitTime out = costs.codec_times_of_sender(stage.device, end, stage.codec_after);
    StageTimes times;
    times.forward_us = compute.forward_us + in.forward_us + out.forward_us;
    times.backward_us = compute.backward_us + in.backward_us + out.backward_us;
    times.codec_us = in.forward_us + in.backward_us + out.forward_us + out.backward_us;
    times.busy_us = costs.stage_us(stage.device, stage.first, end, before, stage.codec_after);
    times.memory_bytes = costs.memory_bytes(stage.first, end, static_cast<int>(stages.size() - s));
    result.bottleneck_us = std::max(result.bottleneck_us, times.busy_us);
    result.stages.push_back(times);
    makespan.add(micro_batch_stage(costs, stage, before));
    if (s + 1 == stages.size()) break;
    const int to = stages[s + 1].device;
    const UnitTime link =
        costs.link_times(costs.link_pair(stage.device, to), end, stage.codec_after);
    const double busy = costs.link_us(stage.device, to, end, stage.codec_after);
    result.links.push_back({link.forward_us, link.backward_us, busy});
    result.bottleneck_us = std::max(result.bottleneck_us, busy);
    makespan.add(micro_batch_link(costs, stage.device, to, end, stage.codec_after));
    result.quality_cost += costs.quality_cost(stage.codec_after);
  }
  ACCEPTLAB_CHECK(covered == costs.units());
  result.makespan_us = makespan.us();
  result.objective_us = costs.problem().objective == Objective::kBottleneck ? result.bottleneck_us
                                                                            : result.makespan_us;
  return result;
}

Evaluation evaluate(const Problem& problem, const std::vector<Placement>& stages) {
  return evaluate(Costs(problem), stages);
}

}  // namespace acceptlab::partition
