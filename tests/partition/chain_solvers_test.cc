#include <gtest/gtest.h>

#include <set>

#include "partition/bottleneck_program.h"
#include "partition/evaluate.h"
#include "partition/free_search.h"
#include "partition/lower_bound.h"
#include "partition/parametric_search.h"
#include "tests/partition/brute_force.h"
#include "tests/partition/random_problem.h"

// The solvers for a fixed order of devices: against every plan there is, and against each other.
namespace acceptlab::partition {
namespace {

bool is_close(double a, double b) { return std::fabs(a - b) <= 1e-9 * std::max(1.0, std::fabs(b)); }

struct Case {
  const char* name;
  Ingredients what;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class FixedOrderTest : public testing::TestWithParam<Case> {};

TEST_P(FixedOrderTest, FindsWhatTryingEveryPlanFinds) {
  Rng rng(20261124, GetParam().name);
  int feasible = 0;
  for (int i = 0; i < problems_of(100000); ++i) {
    const Problem problem = random_problem(GetParam().what, rng);
    ASSERT_FALSE(check(problem)) << check(problem)->message;
    const BruteForce all(problem);
    const Costs costs(problem);
    const Placements plan = least_bottleneck(costs, StateSpace::of_order(costs, order_of(problem)));
    ASSERT_EQ(plan.has_value(), all.best().has_value()) << i;
    if (parametric_search_applies(costs)) {
      const Placements found = search_chain(costs, order_of(problem));
      ASSERT_EQ(found.has_value(), plan.has_value()) << i;
      if (found) {
        ASSERT_EQ(evaluate(costs, *found).bottleneck_us, evaluate(costs, *plan).bottleneck_us) << i;
      }
    }
    if (!plan) continue;
    ++feasible;
    const Evaluation cost = evaluate(costs, *plan);
    const auto [objective, quality, stages, total] = *all.best();
    ASSERT_TRUE(is_close(cost.bottleneck_us, objective))
        << i << ": " << cost.bottleneck_us << " " << objective;
    ASSERT_TRUE(is_close(cost.quality_cost, quality)) << i;
    ASSERT_EQ(static_cast<int>(plan->size()), stages) << i;
  }
  EXPECT_GT(feasible, problems_of(25000));
}

Ingredients with(Mode mode, void (*change)(Ingredients&)) {
  Ingredients what;
  what.mode = mode;
  change(what);
  return what;
}

// What evaluate() does not look at: memory, devices used once, the first device.
bool is_allowed(const Problem& problem, const std::vector<Placement>& plan) {
  const Costs costs(problem);
  std::set<int> used;
  for (std::size_t s = 0; s < plan.size(); ++s) {
    if (!used.insert(plan[s].device).second) return false;
    const int left = static_cast<int>(plan.size() - s);
    if (!costs.fits(plan[s].device, plan[s].first, plan[s].last + 1, left)) return false;
  }
  return !problem.first_device_is_fixed || plan[0].device == 0;
}

class FreeOrderTest : public testing::TestWithParam<Case> {};

TEST_P(FreeOrderTest, FindsWhatTryingEveryPlanFinds) {
  Rng rng(20261124, GetParam().name);
  int feasible = 0;
  for (int i = 0; i < problems_of(30000); ++i) {
    const Problem problem = random_problem(GetParam().what, rng);
    ASSERT_FALSE(check(problem)) << check(problem)->message;
    const BruteForce all(problem);
    const Costs costs(problem);
    const Placements plan = least_bottleneck(costs, StateSpace::of_sets(costs));
    ASSERT_EQ(plan.has_value(), all.best().has_value()) << i;
    if (!plan) continue;
    ++feasible;
    const Evaluation cost = evaluate(costs, *plan);
    const auto [objective, quality, stages, total] = *all.best();
    ASSERT_TRUE(is_close(cost.bottleneck_us, objective)) << i;
    ASSERT_TRUE(is_close(cost.quality_cost, quality)) << i;
    ASSERT_EQ(static_cast<int>(plan->size()), stages) << i;
    ASSERT_LE(compute_bound_us(costs), cost.bottleneck_us) << i;
    if (problem.quality_budget) continue;
    const Placements start =
        least_bottleneck(costs, StateSpace::of_order(costs, order_of(problem)));
    for (const Placements& from : {Placements{}, start}) {
      const Placements found = search_free_order(costs, from);
      ASSERT_TRUE(found.has_value()) << i;
      ASSERT_EQ(evaluate(costs, *found).bottleneck_us, cost.bottleneck_us) << i;
      ASSERT_TRUE(is_allowed(problem, *found)) << i;
    }
  }
  EXPECT_GT(feasible, problems_of(7500));
}

INSTANTIATE_TEST_SUITE_P(
    Problems, FixedOrderTest,
    testing::Values(
        Case{"AllPlain", with(Mode::kFixedAll, [](Ingredients&) {})},
        Case{"AllMemory", with(Mode::kFixedAll, [](Ingredients& w) { w.memory = true; })},
        Case{"AllMatrix", with(Mode::kFixedAll, [](Ingredients& w) { w.link_matrix = true; })},
        Case{"AllStash", with(Mode::kFixedAll, [](Ingredients& w) { w.memory = w.stash = true; })},
        Case{"SkipPlain", with(Mode::kFixedSkip, [](Ingredients&) {})},
        Case{"SkipMemory", with(Mode::kFixedSkip, [](Ingredients& w) { w.memory = true; })},
        Case{"SkipMatrix",
             with(Mode::kFixedSkip, [](Ingredients& w) { w.link_matrix = w.memory = true; })},
        Case{"SkipStash",
             with(Mode::kFixedSkip, [](Ingredients& w) { w.memory = w.stash = true; })},
        Case{"SkipTables",
             with(Mode::kFixedSkip, [](Ingredients& w) { w.tables = w.memory = true; })},
        Case{"SkipCodecs", with(Mode::kFixedSkip,
                                [](Ingredients& w) {
                                  w.max_codecs = 3;
                                  w.max_units = 5;
                                  w.max_devices = 3;
                                  w.quality_budget = true;
                                })}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Problems, FreeOrderTest,
    testing::Values(Case{"Plain", with(Mode::kFree, [](Ingredients& w) { w.max_units = 5; })},
                    Case{"Memory", with(Mode::kFree,
                                        [](Ingredients& w) {
                                          w.max_units = 5;
                                          w.memory = w.stash = true;
                                        })},
                    Case{"MatrixAndTables", with(Mode::kFree,
                                                 [](Ingredients& w) {
                                                   w.max_units = 5;
                                                   w.memory = w.tables = w.link_matrix = true;
                                                 })},
                    Case{"Codecs", with(Mode::kFree,
                                        [](Ingredients& w) {
                                          w.max_units = 4;
                                          w.max_devices = 3;
                                          w.max_codecs = 3;
                                          w.quality_budget = true;
                                        })}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace acceptlab::partition
