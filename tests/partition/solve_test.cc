#include "partition/solve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "partition/bottleneck_program.h"
#include "partition/dag/layered_graph.h"
#include "partition/free_search.h"
#include "partition/many_devices.h"
#include "partition/parametric_search.h"
#include "tests/partition/brute_force.h"
#include "tests/partition/random_problem.h"

namespace acceptlab::partition {
namespace {

using ::testing::HasSubstr;

Solution solved(const Problem& problem) {
  Result<Solution> result = solve(problem);
  EXPECT_TRUE(result.ok());
  return std::move(result).value();
}

constexpr Mode kModes[] = {Mode::kFixedAll, Mode::kFixedSkip, Mode::kFree};

Ingredients everything(Mode mode) {
  Ingredients what;
  what.mode = mode;
  what.memory = what.stash = true;
  what.max_codecs = 2;
  return what;
}

// Draws problems of every mode and calls visit(problem, its solution) for those with a plan.
template <typename Visit>
void for_each_solved(const char* stream, int count, const Visit& visit) {
  Rng rng(11, stream);
  count = problems_of(count);
  int feasible = 0;
  for (int i = 0; i < count; ++i) {
    const Problem problem = random_problem(everything(kModes[i % 3]), rng);
    const Solution solution = solved(problem);
    if (!solution.feasible) continue;
    ++feasible;
    visit(problem, solution);
  }
  EXPECT_GT(feasible, count / 4);
}

TEST(SolveTest, ScalingTimesAndSizesScalesTheAnswer) {
  for_each_solved("scale", 2000, [](const Problem& problem, const Solution& solution) {
    Problem scaled = problem;
    for (Unit& unit : scaled.units) {
      unit.time = {unit.time.forward_us * 8.0, unit.time.backward_us * 8.0};
      unit.activation_bytes *= 8.0;
      unit.gradient_bytes *= 8.0;
    }
    for (Device& device : scaled.devices) {
      device.latency_us *= 8.0;
      for (UnitTime& time : device.unit_times)
        time = {time.forward_us * 8.0, time.backward_us * 8.0};
    }
    // A power of two: exact in floating point, so to the last bit.
    const Solution answer = solved(scaled);
    ASSERT_EQ(answer.cost.objective_us, 8.0 * solution.cost.objective_us);
    ASSERT_EQ(answer.stages, solution.stages);
  });
}

TEST(SolveTest, AFasterDeviceOrLinkNeverMakesItWorse) {
  for_each_solved("faster", 2000, [](const Problem& problem, const Solution& solution) {
    for (std::size_t d = 0; d < problem.devices.size(); ++d) {
      Problem faster = problem;
      Device& device = faster.devices[d];
      device.time_factor *= 0.5;
      for (UnitTime& time : device.unit_times) time = {time.forward_us / 2, time.backward_us / 2};
      ASSERT_LE(solved(faster).cost.objective_us, solution.cost.objective_us);
      Problem wider = problem;
      if (!wider.devices[d].bandwidth_bytes_per_s) continue;
      *wider.devices[d].bandwidth_bytes_per_s *= 2.0;
      ASSERT_LE(solved(wider).cost.objective_us, solution.cost.objective_us);
    }
  });
}

TEST(SolveTest, MoreFreedomNeverMakesItWorse) {
  for_each_solved("freedom", 2000, [](Problem problem, const Solution& solution) {
    problem.mode = Mode::kFree;
    ASSERT_LE(solved(problem).cost.objective_us, solution.cost.objective_us);
  });
}

TEST(SolveTest, RelabellingDevicesChangesNothingInFreeOrder) {
  Rng rng(12, "relabel");
  for (int i = 0; i < 1000; ++i) {
    Problem problem = random_problem(everything(Mode::kFree), rng);
    problem.first_device_is_fixed = false;
    const Solution solution = solved(problem);
    std::reverse(problem.devices.begin(), problem.devices.end());
    const Solution other = solved(problem);
    ASSERT_EQ(other.feasible, solution.feasible);
    ASSERT_EQ(other.cost.objective_us, solution.cost.objective_us);
  }
}

TEST(SolveTest, IsNeverSlowerThanOneDeviceThatHoldsAll) {
  for_each_solved("single", 2000, [](const Problem& problem, const Solution& solution) {
    for (int d = 0; d < problem.device_count(); ++d) {
      if (d > 0 && problem.first_device_is_fixed) break;
      const std::vector<Placement> alone = {{d, 0, problem.unit_count() - 1, -1}};
      const Evaluation cost = evaluate(problem, alone);
      const auto& memory = problem.devices[static_cast<std::size_t>(d)].memory_bytes;
      if (memory && cost.stages[0].memory_bytes > *memory) continue;
      if (problem.mode != Mode::kFixedAll) {
        ASSERT_LE(solution.cost.objective_us, cost.objective_us);
      } else if (cost.objective_us < solution.cost.objective_us) {
        ASSERT_EQ(solution.warnings.size(), 1U) << "every device is used, and that is said";
      }
    }
  });
}

TEST(SolveTest, SaysWhyNothingIsFeasible) {
  Problem problem;
  problem.units.resize(2);
  problem.units[1].name = "head";
  problem.units[1].parameter_bytes = 100.0;
  problem.devices.resize(3);
  problem.mode = Mode::kFixedAll;
  EXPECT_THAT(solved(problem).why_infeasible,
              HasSubstr("2 units cannot give each of 3 devices a stage"));
  problem.mode = Mode::kFree;
  for (Device& device : problem.devices) device.memory_bytes = 399.0;
  EXPECT_THAT(solved(problem).why_infeasible, HasSubstr("unit 2 ('head') alone needs 400"));
}

// Large enough that nothing can be tried out, small enough for all solvers.
Problem large_problem(Mode mode, int units, int devices, Rng& rng) {
  Ingredients what;
  what.mode = mode;
  Problem problem;
  do {
    what.max_units = units;
    what.max_devices = devices;
    problem = random_problem(what, rng);
  } while (problem.unit_count() < units / 2 || problem.device_count() < devices / 2);
  return problem;
}

ChainTimes chain_times(const Costs& costs, const Problem& problem) {
  ChainTimes times;
  times.units = costs.units();
  times.devices = costs.devices();
  times.mode = problem.mode;
  times.stage_us = [&costs](int device, int first, int last) -> std::optional<double> {
    if (!costs.fits(device, first, last + 1, 1)) return std::nullopt;
    return costs.compute_us(device, first, last + 1);
  };
  times.link_us = [&costs](int from, int to, int cut) {
    return costs.link_us(from, to, cut + 1, costs.first_codec());
  };
  return times;
}

TEST(SolveTest, ThreeSolversAgreeOnLargeChains) {
  Rng rng(13, "large");
  for (int i = 0; i < 60; ++i) {
    Problem problem = large_problem(kModes[i % 2], 120, 10, rng);
    problem.first_device_is_fixed = false;
    const Costs costs(problem);
    const DeviceOrder order = order_of(problem);
    const Placements a = search_chain(costs, order);
    const Placements b = least_bottleneck(costs, StateSpace::of_order(costs, order));
    const std::optional<double> c = layered_graph_bottleneck(chain_times(costs, problem));
    ASSERT_TRUE(a && b && c) << i;
    ASSERT_EQ(evaluate(problem, *a).bottleneck_us, evaluate(problem, *b).bottleneck_us) << i;
    ASSERT_EQ(evaluate(problem, *a).bottleneck_us, *c) << i;
  }
}

TEST(SolveTest, TwoSolversAgreeOnLargeFreeOrders) {
  Rng rng(14, "large free");
  for (int i = 0; i < 20; ++i) {
    const Problem problem = large_problem(Mode::kFree, 40, 7, rng);
    const Costs costs(problem);
    const Placements a = search_free_order(costs, Placements{});
    const Placements b = least_bottleneck(costs, StateSpace::of_sets(costs));
    ASSERT_TRUE(a && b) << i;
    ASSERT_EQ(evaluate(problem, *a).bottleneck_us, evaluate(problem, *b).bottleneck_us) << i;
    ASSERT_GE(evaluate(problem, *search_orders(costs, 0.0, 500)).bottleneck_us,
              evaluate(problem, *a).bottleneck_us);
  }
}

TEST(SolveTest, ManyDevicesComeWithABound) {
  Rng rng(15, "many");
  Problem problem;
  problem.mode = Mode::kFree;
  problem.units.resize(400);
  for (Unit& unit : problem.units) unit.time = {rng.uniform(1, 10), rng.uniform(1, 20)};
  problem.devices.resize(40);
  for (Device& device : problem.devices) device.time_factor = rng.uniform(1, 4);
  const Solution solution = solved(problem);
  ASSERT_TRUE(solution.feasible);
  EXPECT_FALSE(solution.is_optimal);
  EXPECT_GT(solution.lower_bound_us, 0.0);
  EXPECT_LE(solution.lower_bound_us, solution.cost.objective_us);
  EXPECT_LT(solution.cost.objective_us, 1.05 * solution.lower_bound_us);
  EXPECT_EQ(solved(problem).stages, solution.stages) << "equal problems have equal plans";
}

TEST(ExplainTest, AlternativesAreTheNextBestPlans) {
  Rng rng(16, "alternatives");
  int shown = 0;
  for (int i = 0; i < 300; ++i) {
    Ingredients what = everything(kModes[i % 3]);
    what.max_units = 4;
    what.max_devices = 3;
    const Problem problem = random_problem(what, rng);
    Solution solution = solved(problem);
    if (!solution.feasible) continue;
    explain(problem, 5, solution);
    std::vector<double> expected = BruteForce(problem).objectives_us();
    std::sort(expected.begin(), expected.end());
    double before = solution.cost.objective_us;
    std::size_t rank = 1;  // the plan itself is the first
    for (const Alternative& other : solution.alternatives) {
      ASSERT_FALSE(other.stages == solution.stages);
      ASSERT_GE(other.objective_us, before);
      ASSERT_DOUBLE_EQ(evaluate(problem, other.stages).objective_us, other.objective_us);
      // Plans that differ only by devices that are alike are listed once, so by rank at the least.
      ASSERT_LT(rank, expected.size());
      ASSERT_GE(other.objective_us, expected[rank] * (1.0 - 1e-9));
      before = other.objective_us;
      ++rank;
      ++shown;
    }
  }
  EXPECT_GT(shown, 300);
}

// One fast device with the data, one slow helper.
Problem helper_problem() {
  Problem problem;
  problem.mode = Mode::kFixedSkip;
  problem.units.assign(4, Unit{"", {100.0, 200.0}, 1000.0, 1000.0, 0.0, 0.0});
  problem.devices.resize(2);
  for (Device& device : problem.devices) device.bandwidth_bytes_per_s = 1e7;
  problem.first_device_is_fixed = true;
  return problem;
}

TEST(ExplainTest, BreakEvenIsWhereAnotherPlanTakesOver) {
  const Problem problem = helper_problem();
  Solution solution = solved(problem);
  ASSERT_EQ(solution.stages.size(), 2U);
  ASSERT_DOUBLE_EQ(solution.cost.bottleneck_us, 600.0);
  explain(problem, 3, solution);
  // 2,000 bytes in more than 1,200 us and one device alone is better.
  ASSERT_EQ(solution.link_bandwidth.size(), 1U);
  EXPECT_DOUBLE_EQ(solution.link_bandwidth[0].now, 1e7);
  ASSERT_TRUE(solution.link_bandwidth[0].below);
  EXPECT_NEAR(*solution.link_bandwidth[0].below, 2000.0 / 1200e-6, 400.0);
  EXPECT_FALSE(solution.link_bandwidth[0].above) << "the stages are the bottleneck";
  // At 2/3 of its speed the helper takes 900 us for two units and is better off with one.
  ASSERT_EQ(solution.device_speed.size(), 2U);
  ASSERT_TRUE(solution.device_speed[1].below);
  EXPECT_NEAR(*solution.device_speed[1].below, 2.0 / 3.0, 1e-3);
}

TEST(ExplainTest, LeavesLargeProblemsAlone) {
  Rng rng(17, "large");
  Problem problem = large_problem(Mode::kFree, 60, 30, rng);
  problem.mode = Mode::kFree;
  Solution solution = solved(problem);
  ASSERT_TRUE(solution.feasible);
  explain(problem, 3, solution);
  EXPECT_TRUE(solution.link_bandwidth.empty());
  ASSERT_FALSE(solution.warnings.empty());
  EXPECT_THAT(solution.warnings.back(), HasSubstr("too large"));
}

}  // namespace
}  // namespace acceptlab::partition
