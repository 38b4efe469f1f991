#include "runtime/plan_in_force.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab {

namespace {

bool same_cut(const Plan& a, const Plan& b, std::size_t stage) {
  if (stage + 1 >= a.stages.size() || stage + 1 >= b.stages.size()) return false;
  return a.stages[stage].units.end == b.stages[stage].units.end &&
         a.stages[stage].device == b.stages[stage].device &&
         a.stages[stage + 1].device == b.stages[stage + 1].device;
}

}  // namespace

std::uint32_t PlanInForce::cut_term(int stage) const {
  const auto index = static_cast<std::size_t>(stage);
  return index < cut_terms.size() ? cut_terms[index] : 0;
}

PlanInForce begin_anew(Plan plan, std::uint32_t term) {
  const std::size_t cuts = plan.stages.empty() ? 0 : plan.stages.size() - 1;
  return {term, std::move(plan), std::vector<std::uint32_t>(cuts, term)};
}

PlanInForce succeed(const PlanInForce& before, Plan next, std::uint32_t term) {
  ACCEPTLAB_CHECK(term > before.term);
  PlanInForce after{term, std::move(next), {}};
  for (int k = 0; k + 1 < after.plan.stage_count(); ++k) {
    const bool same = same_cut(before.plan, after.plan, static_cast<std::size_t>(k));
    after.cut_terms.push_back(same ? before.cut_term(k) : after.term);
  }
  return after;
}

std::vector<StageConfig> stage_configs(const PlanInForce& in_force, const Training& training) {
  const std::vector<PlannedStage>& stages = in_force.plan.stages;
  std::vector<StageConfig> configs;
  for (int k = 0; k < in_force.plan.stage_count(); ++k) {
    const auto at = static_cast<std::size_t>(k);
    StageConfig config;
    config.stage = k;
    config.stages = in_force.plan.stage_count();
    config.device = stages[at].device;
    config.previous = k > 0 ? stages[at - 1].device : DeviceId{-1};
    config.next = at + 1 < stages.size() ? stages[at + 1].device : DeviceId{-1};
    config.schedule = training.schedule;
    config.shape = training.shape;
    config.units = stages[at].units;
    config.reports = training.reports;
    config.term = in_force.term;
    if (!config.first()) {
      config.input_term = in_force.cut_term(k - 1);
      config.input_codec = stages[at - 1].codec;
    }
    if (!config.last()) {
      config.output_term = in_force.cut_term(k);
      config.output_codec = stages[at].codec;
    }
    configs.push_back(config);
  }
  return configs;
}

std::optional<StageConfig> stage_of(DeviceId device, const PlanInForce& in_force,
                                    const Training& training) {
  for (const StageConfig& config : stage_configs(in_force, training)) {
    if (config.device == device) return config;
  }
  return std::nullopt;
}

std::vector<OwnedUnits> units_elsewhere(const Plan& plan, DeviceId device, UnitRange range) {
  std::vector<OwnedUnits> elsewhere;
  for (const PlannedStage& stage : plan.stages) {
    const UnitRange common{std::max(stage.units.begin, range.begin),
                           std::min(stage.units.end, range.end)};
    if (stage.device != device && common.size() > 0) elsewhere.push_back({stage.device, common});
  }
  return elsewhere;
}

}  // namespace acceptlab
