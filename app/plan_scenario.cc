#include "app/plan_scenario.h"

#include <filesystem>
#include <memory>
#include <string>

#include "app/partition_problem.h"
#include "app/planning.h"
#include "app/profiles.h"
#include "app/run_codecs.h"
#include "partition/planners.h"
#include "runtime/base/result.h"
#include "runtime/torch/setup.h"
#include "scenarios/load.h"

namespace acceptlab::app {

namespace {

scenarios::Scenario read_scenario(const PlanArguments& arguments) {
  const scenarios::Document document = scenarios::read_document(arguments.scenario, arguments.set);
  if (document.has_sweep()) {
    throw ConfigError(arguments.scenario +
                      ": has a [sweep], but a plan is of one point; fix each swept key with --set");
  }
  scenarios::Scenario scenario = scenarios::load_scenario(document);
  if (!arguments.profile.empty()) {
    scenario.cost.profile = std::filesystem::absolute(arguments.profile).string();
  }
  return scenario;
}

void add_fixed_plan(const scenarios::Scenario& scenario, const DeviceProfiles& profiles,
                    const RunCodecs& codecs, PlanInput& input) {
  const Plan plan = make_plan(scenario, profiles, codecs);
  input.fixed_plan = partition::placements_of(plan, input.problem);
}

}  // namespace

PlanInput scenario_problem(const PlanArguments& arguments) {
  const scenarios::Scenario scenario = read_scenario(arguments);
  torch_stage::initialise_torch(static_cast<std::uint64_t>(scenario.seed));
  const DeviceProfiles profiles = load_profiles(scenario, std::nullopt);
  const RunCodecs codecs = sizing_codecs(scenario);
  const std::unique_ptr<Forecaster> times = make_forecaster(scenario, profiles);
  PlanInput input;
  input.name = scenario.name;
  input.problem = partition::with_times(partition_problem(scenario, profiles, codecs), *times);
  if (!knows_codec_times(scenario, profiles)) {
    std::string names;
    for (const CodecName& name : codec_names(scenario.codec)) {
      names += (names.empty() ? "" : ", ") + name.text();
    }
    input.warnings.push_back("codec times are not counted: not every device profile has those of " +
                             names);
  }
  if (scenario.partition.solver != scenarios::Solver::kDp &&
      scenario.schedule.kind != scenarios::ScheduleKind::kSingle) {
    add_fixed_plan(scenario, profiles, codecs, input);
  }
  return input;
}

}  // namespace acceptlab::app
