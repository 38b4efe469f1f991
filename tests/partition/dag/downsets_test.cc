#include "partition/dag/downsets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "partition/dag/layered_graph.h"
#include "partition/dag/linearize.h"
#include "tests/partition/dag/model_graphs.h"

namespace acceptlab::partition {
namespace {

using testing::ElementsAre;

ModelNode node(int id, double us, double bytes) { return {id, "n", us / 2, us / 2, bytes, 0.0}; }

DownsetSolution solved(const ModelGraph& graph, const DownsetOptions& options) {
  auto result = best_downsets(graph, options);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return std::move(result).value();
}

std::string refusal(const ModelGraph& graph, const DownsetOptions& options) {
  const auto result = best_downsets(graph, options);
  if (result.ok()) return "accepted";
  EXPECT_EQ(result.error().kind, ErrorKind::kConfig);
  return result.error().message;
}

DownsetOptions exactly(int stages, std::optional<double> bandwidth = {}) {
  DownsetOptions options;
  options.stages = stages;
  options.bandwidth_bytes_per_s = bandwidth;
  return options;
}

DownsetOptions at_most(int stages, std::optional<double> bandwidth = {}) {
  DownsetOptions options = exactly(stages, bandwidth);
  options.at_most = true;
  return options;
}

// Two branches, {2, 4} and {3, 5}, between 1 and 6. Kahn's order takes turns between them.
ModelGraph two_branches() {
  ModelGraph graph;
  graph.nodes = {node(1, 10, 1),   node(2, 20, 500), node(3, 20, 500),
                 node(4, 20, 499), node(5, 20, 500), node(6, 10, 1)};
  graph.edges = {{1, 2}, {1, 3}, {2, 4}, {3, 5}, {4, 6}, {5, 6}};
  return graph;
}

TEST(Downsets, CutsBranchesWhereNoPrefixOfAnOrderByIdCould) {
  // One branch done and the other not begun: the output of 4 crosses, and the small one of 1.
  const DownsetSolution solution = solved(two_branches(), exactly(2, 2.5e7));
  ASSERT_TRUE(solution.feasible);
  ASSERT_EQ(solution.stages.size(), 2u);
  EXPECT_THAT(solution.stages[0].nodes, ElementsAre(1, 2, 4));
  EXPECT_THAT(solution.stages[1].nodes, ElementsAre(3, 5, 6));
  EXPECT_EQ(solution.stages[0].time.forward_us, 25.0);
  EXPECT_EQ(solution.stages[0].time.backward_us, 25.0);
  EXPECT_EQ(solution.stages[0].cut_bytes, 500.0);
  EXPECT_DOUBLE_EQ(solution.stages[0].link_us, 2 * 500 / 2.5e7 * 1e6);
  EXPECT_EQ(solution.stages[1].cut_bytes, 0.0);
  EXPECT_EQ(solution.stages[1].link_us, 0.0);
  EXPECT_EQ(solution.bottleneck_us, 50.0);
  EXPECT_EQ(solution.lower_bound_us, 50.0);
}

TEST(Downsets, CountsWhatItSearches) {
  // {}, 1, 1 with 0..2 of each branch (9, of which one is counted), all.
  EXPECT_EQ(solved(two_branches(), exactly(4, 1e12)).downset_count, 11u);
}

TEST(Downsets, KeepsProducerAndConsumersTogetherWhereTheOutputIsTooLarge) {
  ModelGraph graph;
  graph.nodes = {node(1, 10, 1), node(2, 10, 1e6), node(3, 10, 1), node(4, 10, 1e6),
                 node(5, 10, 1)};
  graph.edges = {{1, 2}, {2, 3}, {3, 4}, {4, 5}};
  // That leaves 1, 2 with 3 and 4 with 5, of which no search is needed.
  const DownsetSolution solution = solved(graph, exactly(3, 1e9));
  EXPECT_EQ(solution.bottleneck_us, 20.0);
  EXPECT_EQ(solution.downset_count, 0u);
}

TEST(Downsets, CountsAnOutputAtEveryBoundaryItIsForwardedOver) {
  ModelGraph graph;
  graph.nodes = {node(1, 10, 100), node(2, 10, 1), node(3, 10, 1)};
  graph.edges = {{1, 2}, {2, 3}, {1, 3}};
  const DownsetSolution solution = solved(graph, exactly(3, 1e9));
  EXPECT_EQ(solution.stages[0].cut_bytes, 100.0);
  EXPECT_EQ(solution.stages[1].cut_bytes, 101.0);
}

TEST(Downsets, CountsAnOutputWithManyConsumersOnce) {
  ModelGraph graph;
  graph.nodes = {node(1, 10, 100), node(2, 1, 0), node(3, 1, 0), node(4, 8, 0)};
  graph.edges = {{1, 2}, {1, 3}, {1, 4}, {1, 4}};
  const DownsetSolution solution = solved(graph, exactly(2, 1e9));
  EXPECT_EQ(solution.stages[0].cut_bytes, 100.0);
  EXPECT_EQ(solution.bottleneck_us, 10.0);
}

TEST(Downsets, UsesFewerStagesOnlyWhereThatIsAllowed) {
  ModelGraph graph;
  graph.nodes = {node(1, 10, 1e6), node(2, 10, 1)};
  graph.edges = {{1, 2}};
  const DownsetSolution both = solved(graph, exactly(2, 1e9));
  EXPECT_EQ(both.stages.size(), 2u);
  EXPECT_EQ(both.bottleneck_us, 2000.0);
  const DownsetSolution one = solved(graph, at_most(2, 1e9));
  EXPECT_EQ(one.stages.size(), 1u);
  EXPECT_EQ(one.bottleneck_us, 20.0);
  EXPECT_EQ(solved(graph, at_most(2'000'000'000, 1e12)).bottleneck_us, 10.0);
}

TEST(Downsets, GivesEveryStageANodeEvenIfItTakesNoTime) {
  ModelGraph graph;
  graph.nodes = {node(1, 0, 1), node(2, 0, 1), node(3, 10, 1), node(4, 0, 0)};
  graph.edges = {{1, 2}, {2, 3}, {3, 4}};
  const DownsetSolution solution = solved(graph, exactly(4));
  ASSERT_EQ(solution.stages.size(), 4u);
  for (const DownsetStage& stage : solution.stages) EXPECT_EQ(stage.nodes.size(), 1u);
}

TEST(Downsets, SaysThatThereAreTooFewNodes) {
  const DownsetSolution solution = solved(two_branches(), exactly(7));
  EXPECT_FALSE(solution.feasible);
  EXPECT_EQ(solution.why_infeasible, "7 stages need as many nodes, have 6");
  EXPECT_TRUE(solved(two_branches(), exactly(6)).feasible);
}

TEST(Downsets, TakesPartsWithoutEdgesAndModelsWithoutTime) {
  ModelGraph graph;
  for (int id = 0; id < 6; ++id) graph.nodes.push_back(node(id, 10, 100));
  EXPECT_EQ(solved(graph, exactly(3, 1.0)).bottleneck_us, 20.0);
  for (ModelNode& n : graph.nodes) n = node(n.id, 0, 0);
  EXPECT_EQ(solved(graph, exactly(3, 1.0)).bottleneck_us, 0.0);
}

TEST(Downsets, EqualsAChainOnAPath) {
  Rng rng(8, "path");
  for (int i = 0; i < 40; ++i) {
    const ModelGraph graph = path_graph(30, rng);
    const std::vector<Unit> units = chain_in_order(graph, kahn_order(graph));
    const int stages = 1 + static_cast<int>(rng.below(8));
    const double bandwidth = 1e9 * static_cast<double>(1 + rng.below(50));
    ChainTimes chain;
    chain.units = 30;
    chain.devices = stages;
    chain.mode = Mode::kFixedAll;
    chain.stage_us = [&](int, int first, int last) {
      double us = 0.0;
      for (int u = first; u <= last; ++u) {
        const UnitTime& time = units[static_cast<std::size_t>(u)].time;
        us += time.forward_us + time.backward_us;
      }
      return us;
    };
    chain.link_us = [&](int, int, int cut) {
      const Unit& unit = units[static_cast<std::size_t>(cut)];
      return (unit.activation_bytes + unit.gradient_bytes) / bandwidth * 1e6;
    };
    ASSERT_DOUBLE_EQ(solved(graph, exactly(stages, bandwidth)).bottleneck_us,
                     layered_graph_bottleneck(chain).value());
    chain.mode = Mode::kFixedSkip;
    ASSERT_DOUBLE_EQ(solved(graph, at_most(stages, bandwidth)).bottleneck_us,
                     layered_graph_bottleneck(chain).value());
  }
}

TEST(Downsets, NamesTheLimitOnDownsets) {
  Rng rng(9, "wide");
  ModelGraph graph;
  for (int id = 0; id < 40; ++id) graph.nodes.push_back(random_node(id, rng, 1000));
  DownsetOptions options = exactly(7);
  options.downset_limit = 5000;
  EXPECT_THAT(refusal(graph, options),
              testing::StartsWith("downsets: the model has more than 5000 downsets"));
  options.downset_limit = std::size_t{1} << 40;
  EXPECT_THAT(refusal(graph, options), testing::HasSubstr("downset_limit must be below 2^31"));
}

TEST(Downsets, AcceptsAsManyDownsetsAsTheLimit) {
  DownsetOptions options = exactly(4, 1e12);
  options.downset_limit = 11;
  EXPECT_EQ(refusal(two_branches(), options), "accepted");
  options.downset_limit = 10;
  EXPECT_THAT(refusal(two_branches(), options), testing::HasSubstr("more than 10 downsets"));
}

TEST(Downsets, RefusesOptionsThatMakeNoSense) {
  EXPECT_EQ(refusal(two_branches(), exactly(0)), "downsets: stages must be at least 1, have 0");
  for (const double bandwidth : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                                 std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(refusal(two_branches(), exactly(1, bandwidth)),
                testing::StartsWith("downsets: bandwidth_bytes_per_s must be finite and positive"));
  }
  EXPECT_THAT(refusal(two_branches(), exactly(1, 1e-306)), testing::HasSubstr("too small"));
  EXPECT_EQ(refusal({}, exactly(1)), "model: there are no nodes");
}

TEST(Downsets, GivesTheSamePlanAgain) {
  Rng rng(10, "again");
  const ModelGraph graph = branching_net(60, {3, 4, 2}, rng);
  const DownsetSolution one = solved(graph, exactly(5, 1e10));
  const DownsetSolution two = solved(graph, exactly(5, 1e10));
  ASSERT_EQ(one.stages.size(), two.stages.size());
  for (std::size_t s = 0; s < one.stages.size(); ++s) {
    EXPECT_EQ(one.stages[s].nodes, two.stages[s].nodes);
  }
}

}  // namespace
}  // namespace acceptlab::partition
