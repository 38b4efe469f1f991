#include "app/plan/answer_json.h"

#include <algorithm>
#include <optional>

#include "partition/steady_state.h"
#include "results/json_object.h"

namespace acceptlab::app {

namespace {

using nlohmann::ordered_json;
using partition::BreakEven;
using partition::Evaluation;
using partition::Placement;
using partition::Problem;
using partition::Solution;

template <typename Item>
const Item& at(const std::vector<Item>& items, int index) {
  return items[static_cast<std::size_t>(index)];
}

ordered_json or_null(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json codec_name(const Problem& problem, int codec) {
  return codec < 0 ? ordered_json(nullptr) : ordered_json(at(problem.codecs, codec).name);
}

ordered_json place_to_json(const Problem& problem, const Placement& stage) {
  ordered_json json;
  json["device"] = at(problem.devices, stage.device).name;
  json["first_unit"] = stage.first + 1;
  json["last_unit"] = stage.last + 1;
  return json;
}

ordered_json stage_to_json(const Problem& problem, const Solution& solution, std::size_t s) {
  const partition::StageTimes& times = solution.cost.stages[s];
  ordered_json json = place_to_json(problem, solution.stages[s]);
  json["compute_us"] = times.busy_us - times.codec_us;
  json["codec_us"] = times.codec_us;
  json["forward_us"] = times.forward_us;
  json["backward_us"] = times.backward_us;
  json["total_us"] = times.busy_us;
  json["slack_us"] = solution.cost.bottleneck_us - times.busy_us;
  json["is_bottleneck"] = times.busy_us >= solution.cost.bottleneck_us;
  json["unit_names"] = ordered_json::array();
  for (int u = solution.stages[s].first; u <= solution.stages[s].last; ++u) {
    json["unit_names"].push_back(at(problem.units, u).name);
  }
  json["memory_bytes"] = times.memory_bytes;
  json["memory_limit_bytes"] = or_null(at(problem.devices, solution.stages[s].device).memory_bytes);
  return json;
}

ordered_json link_to_json(const Problem& problem, const Solution& solution, std::size_t s) {
  const partition::LinkTimes& times = solution.cost.links[s];
  const Placement& sender = solution.stages[s];
  ordered_json json;
  json["from"] = at(problem.devices, sender.device).name;
  json["to"] = at(problem.devices, solution.stages[s + 1].device).name;
  json["after_unit"] = sender.last + 1;
  json["codec"] = codec_name(problem, sender.codec_after);
  json["forward_us"] = times.forward_us;
  json["backward_us"] = times.backward_us;
  json["transfer_us"] = times.busy_us;
  json["slack_us"] = solution.cost.bottleneck_us - times.busy_us;
  json["is_bottleneck"] = times.busy_us >= solution.cost.bottleneck_us;
  if (s < solution.link_bandwidth.size()) {
    const BreakEven& value = solution.link_bandwidth[s];
    json["break_even"]["now_bytes_per_s"] = value.now;  // null where it is infinite
    json["break_even"]["below_bytes_per_s"] = or_null(value.below);
    json["break_even"]["above_bytes_per_s"] = or_null(value.above);
  }
  return json;
}

std::optional<double> relative(const std::optional<double>& value, double now) {
  return value ? std::optional<double>(*value / now) : std::nullopt;
}

ordered_json device_to_json(const Problem& problem, const Solution& solution, std::size_t d) {
  ordered_json json;
  json["device"] = problem.devices[d].name;
  json["is_used"] = std::any_of(
      solution.stages.begin(), solution.stages.end(),
      [d](const Placement& stage) { return static_cast<std::size_t>(stage.device) == d; });
  if (d < solution.device_speed.size()) {
    const BreakEven& value = solution.device_speed[d];
    json["break_even"]["below_speed"] = or_null(relative(value.below, value.now));
    json["break_even"]["above_speed"] = or_null(relative(value.above, value.now));
  }
  return json;
}

ordered_json alternative_to_json(const Problem& problem, const partition::Alternative& other) {
  ordered_json json;
  json["objective_us"] = other.objective_us;
  json["stages"] = ordered_json::array();
  for (const Placement& stage : other.stages) {
    json["stages"].push_back(place_to_json(problem, stage));
    json["stages"].back()["codec_after"] = codec_name(problem, stage.codec_after);
  }
  return json;
}

void add_plan(ordered_json& json, const Problem& problem, const Solution& solution) {
  const Evaluation& cost = solution.cost;
  json["objective_us"] = cost.objective_us;
  json["bottleneck_us"] = cost.bottleneck_us;
  json["makespan_us"] = cost.makespan_us;
  json["steady_state_us"] =
      partition::steady_state_us(partition::Costs(problem), solution.stages, cost);
  json["quality_cost"] = cost.quality_cost;
  json["lower_bound_us"] = solution.lower_bound_us;
  json["bound_proof"] = solution.bound_proof;
  json["is_optimal"] = solution.is_optimal;
  json["solver"] = solution.solver;
  for (const char* list : {"stages", "links", "devices", "alternatives"}) {
    json[list] = ordered_json::array();
  }
  for (std::size_t s = 0; s < cost.stages.size(); ++s) {
    json["stages"].push_back(stage_to_json(problem, solution, s));
  }
  for (std::size_t s = 0; s < cost.links.size(); ++s) {
    json["links"].push_back(link_to_json(problem, solution, s));
  }
  for (std::size_t d = 0; d < problem.devices.size(); ++d) {
    json["devices"].push_back(device_to_json(problem, solution, d));
  }
  for (const partition::Alternative& other : solution.alternatives) {
    json["alternatives"].push_back(alternative_to_json(problem, other));
  }
}

}  // namespace

std::string answer_to_json(const PlanInput& input, const Solution& solution) {
  const Problem& problem = input.problem;
  ordered_json json;
  json["name"] = input.name;
  json["mode"] = to_string(problem.mode);
  json["objective"] = to_string(problem.objective);
  json["duplex"] = to_string(problem.duplex);
  json["micro_batches"] = problem.micro_batches;
  json["feasible"] = solution.feasible;
  if (solution.feasible) {
    add_plan(json, problem, solution);
  } else {
    json["reason"] = solution.why_infeasible;
  }
  json["warnings"] = input.warnings;
  for (const std::string& warning : solution.warnings) json["warnings"].push_back(warning);
  return results::dump_json(json);
}

}  // namespace acceptlab::app
