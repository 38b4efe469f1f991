#include "app/plan/pipedream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "partition/dag/downsets.h"
#include "partition/dag/linearize.h"
#include "partition/dag/pipedream_profile.h"
#include "partition/solve.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using partition::ModelGraph;

// Bytes per second of a unit of rate; nothing where it is none.
std::optional<double> unit_of_rate(const std::string& unit) {
  static const std::map<std::string, double> units = {
      {"", 1.0},        {"B/s", 1.0},      {"kB/s", 1e3},     {"MB/s", 1e6},    {"GB/s", 1e9},
      {"bit/s", 0.125}, {"kbit/s", 125.0}, {"Mbit/s", 125e3}, {"Gbit/s", 125e6}};
  const auto found = units.find(unit);
  if (found == units.end()) return std::nullopt;
  return found->second;
}

ModelGraph read_graph(const std::string& file) {
  Result<ModelGraph> graph = partition::read_pipedream_profile(file);
  if (!graph) throw ConfigError(graph.error().message);
  return std::move(graph).value();
}

// Units are named by their nodes, of which several may have the same layer.
PlanInput make_input(const PipedreamArguments& arguments, const ModelGraph& graph,
                     const std::vector<int>& order) {
  PlanInput input;
  input.name = arguments.file;
  partition::Problem& problem = input.problem;
  problem.units = partition::chain_in_order(graph, order);
  for (std::size_t u = 0; u < order.size(); ++u) {
    problem.units[u].name = fmt::format("node{} {}", order[u], problem.units[u].name);
  }
  partition::Device device;
  device.bandwidth_bytes_per_s = arguments.bandwidth_bytes_per_s;
  for (int d = 0; d < arguments.stages; ++d) {
    device.name = fmt::format("d{}", d);
    problem.devices.push_back(device);
  }
  problem.mode = arguments.at_most ? partition::Mode::kFixedSkip : partition::Mode::kFixedAll;
  return input;
}

// Kahn's order with the nodes of a stage next to each other: still an order of the graph, as no
// stage needs a later one.
std::vector<int> order_by_stage(const ModelGraph& graph,
                                const std::vector<partition::DownsetStage>& stages) {
  std::map<int, std::size_t> stage_of;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (const int node : stages[s].nodes) stage_of[node] = s;
  }
  std::vector<int> order = partition::kahn_order(graph);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return stage_of.at(a) < stage_of.at(b); });
  return order;
}

std::vector<partition::Placement> placements_of(
    const std::vector<partition::DownsetStage>& stages) {
  std::vector<partition::Placement> placements;
  int first = 0;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    const int last = first + static_cast<int>(stages[s].nodes.size()) - 1;
    placements.push_back({static_cast<int>(s), first, last, -1});
    first = last + 1;
  }
  return placements;
}

}  // namespace

double parse_rate(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  std::string unit = end;
  unit.erase(0, unit.find_first_not_of(' '));
  const std::optional<double> factor = unit_of_rate(unit);
  if (end == text.c_str() || !factor || !std::isfinite(number) || number <= 0.0) {
    throw ConfigError(
        "--bandwidth: must be a positive number of bytes/s, or one with B/s, kB/s, "
        "MB/s, GB/s, bit/s, kbit/s, Mbit/s or Gbit/s, got '" +
        text + "'");
  }
  return number * *factor;
}

PipedreamArguments pipedream_arguments(const PlanArguments& arguments) {
  PipedreamArguments chosen;
  chosen.file = arguments.pipedream;
  chosen.stages = arguments.stages;
  chosen.at_most = arguments.at_most;
  if (!arguments.bandwidth.empty()) {
    chosen.bandwidth_bytes_per_s = parse_rate(arguments.bandwidth);
  }
  return chosen;
}

PlanInput chain_problem(const PipedreamArguments& arguments) {
  const ModelGraph graph = read_graph(arguments.file);
  return make_input(arguments, graph, partition::kahn_order(graph));
}

GraphPlan plan_graph(const PipedreamArguments& arguments) {
  const ModelGraph graph = read_graph(arguments.file);
  partition::DownsetOptions options;
  options.stages = arguments.stages;
  options.at_most = arguments.at_most;
  options.bandwidth_bytes_per_s = arguments.bandwidth_bytes_per_s;
  const Result<partition::DownsetSolution> found = partition::best_downsets(graph, options);
  if (!found) throw ConfigError(arguments.file + ": " + found.error().message);
  const partition::DownsetSolution& best = found.value();
  GraphPlan plan;
  plan.input = make_input(arguments, graph, order_by_stage(graph, best.stages));
  plan.solution.feasible = best.feasible;
  plan.solution.why_infeasible = best.why_infeasible;
  if (!best.feasible) return plan;
  plan.solution.stages = placements_of(best.stages);
  plan.solution.cost = partition::evaluate(plan.input.problem, plan.solution.stages);
  plan.solution.lower_bound_us = best.lower_bound_us;
  plan.solution.is_optimal = true;
  plan.solution.solver = "downsets";
  plan.solution.bound_proof =
      best.downset_count == 0
          ? "no order of the graph is better than Kahn's"
          : fmt::format("all orders of the graph searched: {} downsets", best.downset_count);
  return plan;
}

}  // namespace acceptlab::app
