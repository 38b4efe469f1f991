#include "partition/solve.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "partition/bottleneck_program.h"
#include "partition/evaluate.h"
#include "partition/free_search.h"
#include "partition/lower_bound.h"
#include "partition/makespan_program.h"
#include "partition/many_devices.h"
#include "partition/parametric_search.h"

namespace acceptlab::partition {

namespace {

// Stages that a program may look at: some milliseconds to choose among equal plans, or a fraction
// of a second where nothing else is exact.
constexpr double kLargestTieBreak = 1e6;
constexpr double kLargestProgram = 5e7;
constexpr std::size_t kMostLabels = 4'000'000;

double square(double x) { return x * x; }
double codec_count(const Costs& costs) { return costs.end_codec() - costs.first_codec(); }

// Stages that a program over so many states looks at.
double program_size(const Costs& costs, double states) {
  return states * square(costs.units() * codec_count(costs)) / 2;
}
double order_states(const Costs& costs) {
  const double devices = costs.devices();
  return costs.memory_counts_stages() ? square(devices) : devices;
}
bool sets_are_few(const Costs& costs, double most) {
  const auto states = free_order_size(costs.problem());
  return states && program_size(costs, static_cast<double>(*states)) <= most;
}

// For people: six digits do.
std::string text(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", number);
  return buffer;
}

// Whether quality counts before the last bit of time does.
bool weighs_quality(const Problem& problem) {
  return problem.quality_budget || problem.time_tolerance > 0.0;
}

struct Found {
  Placements plan;
  bool is_exact = true;
  const char* solver = "";
};

Found solve_fixed_bottleneck(const Costs& costs) {
  const DeviceOrder order = order_of(costs.problem());
  if (!parametric_search_applies(costs) || weighs_quality(costs.problem())) {
    return {least_bottleneck(costs, StateSpace::of_order(costs, order)), true, "dynamic program"};
  }
  Found found{search_chain(costs, order), true, "parametric search"};
  if (found.plan && program_size(costs, order_states(costs)) <= kLargestTieBreak) {
    found.plan = cheapest_within(costs, StateSpace::of_order(costs, order),
                                 evaluate(costs, *found.plan).bottleneck_us);
  }
  return found;
}

// The cheapest plan that is as fast with these devices in this order, where that is quickly found.
Placements cheapest_alike(const Costs& costs, const std::vector<Placement>& plan) {
  if (program_size(costs, static_cast<double>(plan.size())) > kLargestTieBreak) return plan;
  DeviceOrder order;
  for (const Placement& stage : plan) order.devices.push_back(stage.device);
  order.may_skip = true;
  order.first_is_fixed = costs.problem().first_device_is_fixed;
  return cheapest_within(
      costs, StateSpace::of_order(costs, order),
      evaluate(costs, plan).bottleneck_us * (1.0 + costs.problem().time_tolerance));
}

Found solve_free_bottleneck(const Costs& costs, const SolveOptions& options) {
  if (weighs_quality(costs.problem()) && sets_are_few(costs, kLargestProgram)) {
    return {least_bottleneck(costs, StateSpace::of_sets(costs)), true, "dynamic program over sets"};
  }
  const double bound_us = compute_bound_us(costs);
  const auto words = free_search_words(costs);
  const bool is_exact = words && *words <= kMostFreeSearchWords && !weighs_quality(costs.problem());
  // Where all sets are tried anyway, a quick start is enough.
  const std::size_t effort =
      is_exact ? std::min<std::size_t>(options.search_effort, 500) : options.search_effort;
  Found found{search_orders(costs, bound_us, effort), is_exact, "search of orders"};
  if (is_exact) {
    found.plan = search_free_order(costs, found.plan);
    found.solver = "search over sets of devices";
  }
  if (!found.plan) return found;
  const double us = evaluate(costs, *found.plan).bottleneck_us;
  found.plan = is_exact && sets_are_few(costs, kLargestTieBreak)
                   ? cheapest_within(costs, StateSpace::of_sets(costs), us)
                   : cheapest_alike(costs, *found.plan);
  return found;
}

Found solve_bottleneck(const Costs& costs, const SolveOptions& options) {
  return costs.problem().mode == Mode::kFree ? solve_free_bottleneck(costs, options)
                                             : solve_fixed_bottleneck(costs);
}

Found solve_makespan(const Costs& costs, const SolveOptions& options) {
  Found found = solve_bottleneck(costs, options);
  if (!found.plan && found.is_exact) return found;
  const Problem& problem = costs.problem();
  StateSpace space;
  if (problem.mode != Mode::kFree) {
    space = StateSpace::of_order(costs, order_of(problem));
  } else if (sets_are_few(costs, kLargestProgram)) {
    space = StateSpace::of_sets(costs);
  } else {
    if (found.plan) {
      DeviceOrder order;
      for (const Placement& stage : *found.plan) order.devices.push_back(stage.device);
      order.may_skip = true;
      order.first_is_fixed = problem.first_device_is_fixed;
      found.plan =
          least_makespan(costs, StateSpace::of_order(costs, order), found.plan, kMostLabels).plan;
    }
    return {found.plan, false, "order of the least bottleneck"};
  }
  const MakespanResult result = least_makespan(costs, space, found.plan, kMostLabels);
  return {result.plan, result.is_exhaustive, "Pareto program"};
}

double lower_bound_us(const Costs& costs) {
  const double bottleneck = compute_bound_us(costs);
  const Problem& problem = costs.problem();
  if (problem.objective == Objective::kBottleneck) return bottleneck;
  // One micro-batch is computed by the fastest devices at best; the slowest stage of the others is
  // no less than the bottleneck's bound.
  const double share = 1.0 / problem.micro_batches;
  return (least_work_us(costs) + (problem.micro_batches - 1) * bottleneck) * share * (1.0 - 1e-12);
}

void prove(const Costs& costs, const Found& found, Solution& solution) {
  const double us = solution.cost.objective_us;
  if (found.is_exact) {
    const double tolerance = costs.problem().time_tolerance;
    solution.lower_bound_us = us / (1.0 + tolerance);
    solution.is_optimal = true;
    solution.bound_proof =
        std::string(found.solver) +
        (tolerance == 0.0
             ? ": no feasible plan is faster"
             : ": no plan within the time tolerance of the fastest costs less quality");
    return;
  }
  solution.lower_bound_us = std::min(us, lower_bound_us(costs));
  solution.is_optimal = solution.lower_bound_us >= us;
  solution.bound_proof =
      "all devices together must do all the work, and some device the slowest unit";
}

// The fastest device that can do everything; -1 where none can.
int best_single_device(const Costs& costs, double& us) {
  int best = -1;
  for (int d = 0; d < costs.devices(); ++d) {
    if (d > 0 && costs.problem().first_device_is_fixed) break;
    if (!costs.fits(d, 0, costs.units(), 1)) continue;
    const double time = costs.compute_us(d, 0, costs.units());
    if (best < 0 || time < us) {
      best = d;
      us = time;
    }
  }
  return best;
}

std::string name_of(const Problem& problem, int device) {
  const std::string& name = problem.devices[static_cast<std::size_t>(device)].name;
  return name.empty() ? "device " + std::to_string(device) : "device '" + name + "'";
}

void warn_of_single_device(const Costs& costs, Solution& solution) {
  double us = 0.0;
  const int device = best_single_device(costs, us);
  // The rounding of a makespan's sums is no reason to warn.
  if (device < 0 || us >= solution.cost.objective_us * (1.0 - 1e-9)) return;
  solution.warnings.push_back(name_of(costs.problem(), device) +
                              " alone would be faster: " + text(us) + " us instead of " +
                              text(solution.cost.objective_us) + " us");
}

std::string why_infeasible(const Costs& costs) {
  const Problem& problem = costs.problem();
  if (problem.mode == Mode::kFixedAll && costs.units() < costs.devices()) {
    return std::to_string(costs.units()) + " units cannot give each of " +
           std::to_string(costs.devices()) + " devices a stage";
  }
  for (int u = 0; u < costs.units(); ++u) {
    const int candidates = u == 0 && problem.first_device_is_fixed ? 1 : costs.devices();
    bool held = false;
    for (int d = 0; d < candidates; ++d) held = held || costs.fits(d, u, u + 1, 1);
    if (held) continue;
    const std::string& name = problem.units[static_cast<std::size_t>(u)].name;
    return "unit " + std::to_string(u + 1) + (name.empty() ? "" : " ('" + name + "')") +
           " alone needs " + text(costs.memory_bytes(u, u + 1, 1)) +
           " bytes of memory, more than " +
           (candidates == 1 ? "the first device has, which must hold it" : "any device has");
  }
  if (problem.quality_budget) {
    return "no plan that fits the devices' memory keeps the sum of quality costs within " +
           text(*problem.quality_budget);
  }
  return "no cut fits the memory of the devices" +
         std::string(problem.mode == Mode::kFree ? "" : " in this order") + ": all units need " +
         text(costs.memory_bytes(0, costs.units(), 1)) + " bytes or more";
}

}  // namespace

Result<Solution> solve(const Problem& problem, const SolveOptions& options) {
  if (auto error = check(problem)) return *std::move(error);
  const Costs costs(problem);
  const Found found = problem.objective == Objective::kBottleneck ? solve_bottleneck(costs, options)
                                                                  : solve_makespan(costs, options);
  Solution solution;
  solution.solver = found.solver;
  if (!found.plan) {
    solution.why_infeasible = found.is_exact
                                  ? why_infeasible(costs)
                                  : "no plan was found in the orders tried; one may exist";
    return solution;
  }
  solution.feasible = true;
  solution.stages = *found.plan;
  solution.cost = evaluate(costs, solution.stages);
  prove(costs, found, solution);
  warn_of_single_device(costs, solution);
  return solution;
}

}  // namespace acceptlab::partition
