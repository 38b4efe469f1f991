#include "app/plan/plan_command.h"

#include <cstdio>
#include <utility>

#include "app/plan/answer_json.h"
#include "app/plan/answer_text.h"
#include "app/plan/pipedream.h"
#include "app/plan/plot_program.h"
#include "partition/solve.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

// A problem and, once found, its answer.
struct Answered {
  PlanInput input;
  partition::Solution solution;
};

// A plan that is not chosen, beside the best one.
partition::Solution price(const PlanInput& input, const partition::Solution& best) {
  partition::Solution solution;
  solution.feasible = true;
  solution.stages = input.fixed_plan;
  solution.cost = partition::evaluate(input.problem, solution.stages);
  solution.solver = "none: the scenario fixes the plan";
  if (!best.feasible) {
    solution.warnings.push_back("the plan breaks a limit: " + best.why_infeasible);
    return solution;
  }
  solution.lower_bound_us = best.lower_bound_us;
  solution.bound_proof = best.bound_proof;
  solution.is_optimal = solution.cost.objective_us <= best.lower_bound_us;
  if (!(solution.stages == best.stages)) {
    solution.alternatives.push_back({best.stages, best.cost.objective_us});
  }
  return solution;
}

Answered solve_input(PlanInput input, const PlanArguments& arguments) {
  Result<partition::Solution> solved = partition::solve(input.problem);
  if (!solved) throw ConfigError(input.name + ": " + solved.error().message);
  partition::Solution solution = std::move(solved).value();
  if (!input.fixed_plan.empty()) {
    partition::Solution priced = price(input, solution);
    return {std::move(input), std::move(priced)};
  }
  if (solution.feasible && !arguments.no_explain) {
    partition::explain(input.problem, arguments.alternatives, solution);
  }
  return {std::move(input), std::move(solution)};
}

Answered answer_graph(const PlanArguments& arguments) {
  GraphPlan plan = plan_graph(pipedream_arguments(arguments));
  return {std::move(plan.input), std::move(plan.solution)};
}

Answered answer(const PlanArguments& arguments, const ScenarioProblem& scenario_problem) {
  if (!arguments.problem.empty()) return solve_input(read_problem(arguments.problem), arguments);
  if (arguments.pipedream.empty()) return solve_input(scenario_problem(arguments), arguments);
  if (arguments.dag) return answer_graph(arguments);
  return solve_input(chain_problem(pipedream_arguments(arguments)), arguments);
}

}  // namespace

int plan_command(const PlanArguments& arguments, const ScenarioProblem& scenario_problem) {
  const Answered found = answer(arguments, scenario_problem);
  const auto print = arguments.json ? answer_to_json : answer_to_text;
  std::printf("%s", print(found.input, found.solution).c_str());
  if (arguments.picture.empty()) return 0;
  if (!found.solution.feasible) {
    std::fprintf(stderr, "acceptlab: %s: not drawn, as there is no feasible plan\n",
                 arguments.picture.c_str());
    return 0;
  }
  return run_plot({"-", "--picture", arguments.picture},
                  answer_to_json(found.input, found.solution));
}

}  // namespace acceptlab::app
