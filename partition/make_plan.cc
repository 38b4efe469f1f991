#include "partition/make_plan.h"

#include <algorithm>

#include "partition/cost_table.h"
#include "runtime/base/check.h"

namespace acceptlab::partition {

Plan make_plan(const PlanProblem& problem, const std::vector<StageChoice>& stages) {
  Plan plan;
  int covered = 0;
  for (const StageChoice& stage : stages) {
    ACCEPTLAB_CHECK(stage.units.begin == covered && stage.units.size() > 0);
    if (covered > 0) {
      const DeviceId before = plan.stages.back().device;
      plan.predicted_links.push_back(link_time(problem, before, stage.device, covered));
    }
    covered = stage.units.end;
    const Duration time = problem.times->predict(stage.device, stage.units).total();
    plan.stages.push_back({stage.device, stage.units, time});
  }
  ACCEPTLAB_CHECK(covered == problem.units);
  for (const PlannedStage& stage : plan.stages) {
    plan.predicted_bottleneck = std::max(plan.predicted_bottleneck, stage.predicted);
  }
  for (const Duration link : plan.predicted_links) {
    plan.predicted_bottleneck = std::max(plan.predicted_bottleneck, link);
  }
  return plan;
}

Result<Plan> make_plan_within_memory(const PlanProblem& problem,
                                     const std::vector<StageChoice>& stages) {
  for (const StageChoice& stage : stages) {
    if (auto error = check_memory(problem, stage.device, stage.units)) return *std::move(error);
  }
  return make_plan(problem, stages);
}

}  // namespace acceptlab::partition
