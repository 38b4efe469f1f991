#include <gtest/gtest.h>

#include <cmath>

#include "partition/solve.h"
#include "tests/partition/brute_force.h"
#include "tests/partition/random_problem.h"

// solve() as a whole against every plan there is.
namespace acceptlab::partition {
namespace {

struct Case {
  const char* name;
  Mode mode;
  Objective objective;
  bool memory;
  bool codecs;
};

std::string name_of(const testing::TestParamInfo<Case>& test) { return test.param.name; }

class SolveRandomTest : public testing::TestWithParam<Case> {};

TEST_P(SolveRandomTest, FindsWhatTryingEveryPlanFinds) {
  const Case& c = GetParam();
  Ingredients what;
  what.mode = c.mode;
  what.objective = c.objective;
  what.memory = what.stash = c.memory;
  what.link_matrix = what.tables = c.memory;
  what.max_units = c.mode == Mode::kFree ? 4 : 5;
  what.max_devices = 3;
  what.max_codecs = c.codecs ? 3 : 0;
  what.quality_budget = c.codecs;
  Rng rng(7, c.name);
  int feasible = 0;
  for (int i = 0; i < problems_of(20000); ++i) {
    const Problem problem = random_problem(what, rng);
    const BruteForce all(problem);
    const Result<Solution> solved = solve(problem);
    ASSERT_TRUE(solved.ok()) << solved.error().message;
    const Solution& solution = solved.value();
    ASSERT_EQ(solution.feasible, all.best().has_value()) << i << ": " << solution.why_infeasible;
    if (!solution.feasible) {
      ASSERT_FALSE(solution.why_infeasible.empty());
      continue;
    }
    ++feasible;
    const auto [objective, quality, stages, total] = *all.best();
    ASSERT_TRUE(solution.is_optimal) << i;
    ASSERT_NEAR(solution.cost.objective_us, objective, 1e-9 * (1.0 + objective)) << i;
    if (problem.quality_budget) {
      ASSERT_LE(solution.cost.quality_cost, *problem.quality_budget) << i;
    }
    // Sums of micro-batches are rounded, so equal makespans need not look equal.
    if (c.objective == Objective::kMakespan) continue;
    ASSERT_NEAR(solution.cost.quality_cost, quality, 1e-9) << i;
    ASSERT_EQ(static_cast<int>(solution.stages.size()), stages) << i;
  }
  EXPECT_GT(feasible, problems_of(5000));
}

class ToleranceTest : public testing::TestWithParam<Mode> {};

TEST_P(ToleranceTest, TheLeastQualityCostNearTheFastestIsChosen) {
  Ingredients what;
  what.mode = GetParam();
  what.memory = what.tables = true;
  what.max_units = 4;
  what.max_devices = 3;
  what.max_codecs = 3;
  what.quality_budget = what.time_tolerance = true;
  Rng rng(11, to_string(GetParam()));
  int slower = 0;
  for (int i = 0; i < problems_of(20000); ++i) {
    const Problem problem = random_problem(what, rng);
    const BruteForce all(problem);
    const Solution solution = solve(problem).value();
    ASSERT_EQ(solution.feasible, all.best().has_value()) << i;
    if (!solution.feasible) continue;
    const auto [objective, quality, stages, total] = *all.best_within_tolerance();
    ASSERT_NEAR(solution.cost.quality_cost, quality, 1e-9) << i;
    ASSERT_NEAR(solution.cost.objective_us, objective, 1e-9 * (1.0 + objective)) << i;
    ASSERT_EQ(static_cast<int>(solution.stages.size()), stages) << i;
    ASSERT_LE(solution.lower_bound_us, std::get<0>(*all.best()) * (1.0 + 1e-9)) << i;
    if (objective > std::get<0>(*all.best()) * (1.0 + 1e-9)) ++slower;
  }
  EXPECT_GT(slower, problems_of(200)) << "the tolerance hardly ever matters";
}

INSTANTIATE_TEST_SUITE_P(Modes, ToleranceTest,
                         testing::Values(Mode::kFixedAll, Mode::kFixedSkip, Mode::kFree));

INSTANTIATE_TEST_SUITE_P(
    Problems, SolveRandomTest,
    testing::Values(Case{"AllMakespan", Mode::kFixedAll, Objective::kMakespan, false, false},
                    Case{"SkipMakespan", Mode::kFixedSkip, Objective::kMakespan, true, true},
                    Case{"FreeMakespan", Mode::kFree, Objective::kMakespan, false, true},
                    Case{"FreeMakespanMemory", Mode::kFree, Objective::kMakespan, true, false},
                    Case{"All", Mode::kFixedAll, Objective::kBottleneck, true, true},
                    Case{"Skip", Mode::kFixedSkip, Objective::kBottleneck, true, true},
                    Case{"Free", Mode::kFree, Objective::kBottleneck, true, true},
                    Case{"FreePlain", Mode::kFree, Objective::kBottleneck, false, false}),
    name_of);

}  // namespace
}  // namespace acceptlab::partition
