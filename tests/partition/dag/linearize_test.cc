#include "partition/dag/linearize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/partition/dag/model_graphs.h"

namespace acceptlab::partition {
namespace {

using testing::ElementsAre;

ModelNode node(int id, double bytes) { return {id, "n" + std::to_string(id), 1, 2, bytes, 4}; }

std::vector<double> cut_bytes(const std::vector<Unit>& units) {
  std::vector<double> bytes;
  for (const Unit& unit : units) bytes.push_back(unit.activation_bytes);
  return bytes;
}

TEST(KahnOrder, TakesTheSmallestIdOfThoseThatAreReady) {
  ModelGraph graph;
  for (const int id : {5, 3, 9, 1, 7}) graph.nodes.push_back(node(id, 1));
  graph.edges = {{9, 1}, {5, 1}, {1, 3}};
  EXPECT_THAT(kahn_order(graph), ElementsAre(5, 7, 9, 1, 3));
}

TEST(KahnOrder, CountsAnEdgeGivenTwiceOnce) {
  ModelGraph graph;
  for (const int id : {2, 1}) graph.nodes.push_back(node(id, 1));
  graph.edges = {{2, 1}, {2, 1}};
  EXPECT_THAT(kahn_order(graph), ElementsAre(2, 1));
}

TEST(KahnOrder, PlacesProducersFirstInRandomGraphs) {
  Rng rng(1, "kahn");
  for (int i = 0; i < 2000; ++i) {
    const ModelGraph graph = random_graph(1 + static_cast<int>(rng.below(12)), 0.3, rng);
    const std::vector<int> order = kahn_order(graph);
    std::map<int, std::size_t> position;
    for (std::size_t p = 0; p < order.size(); ++p) position[order[p]] = p;
    ASSERT_EQ(position.size(), graph.nodes.size());
    for (const ModelEdge& e : graph.edges) ASSERT_LT(position[e.producer], position[e.consumer]);
  }
}

TEST(ChainInOrder, KeepsWhatANodeIs) {
  ModelGraph graph;
  graph.nodes = {{8, "conv", 1.5, 2.5, 30.0, 40.0}};
  const std::vector<Unit> units = chain_in_order(graph, {8});
  ASSERT_EQ(units.size(), 1u);
  EXPECT_EQ(units[0].name, "conv");
  EXPECT_EQ(units[0].time.forward_us, 1.5);
  EXPECT_EQ(units[0].time.backward_us, 2.5);
  EXPECT_EQ(units[0].parameter_bytes, 40.0);
  EXPECT_EQ(units[0].stash_bytes, 30.0);
  EXPECT_EQ(units[0].activation_bytes, 0.0);
}

// 1 -> 2 -> 3 -> 4 with 1 -> 3 and 1 -> 4: the output of 1 crosses three cuts, and the first one
// once though three nodes behind it consume it.
TEST(ChainInOrder, CarriesASkippedOutputOverEveryCutOnce) {
  ModelGraph graph;
  graph.nodes = {node(1, 100), node(2, 10), node(3, 1), node(4, 1000)};
  graph.edges = {{1, 2}, {2, 3}, {3, 4}, {1, 3}, {1, 4}, {1, 4}};
  const std::vector<Unit> units = chain_in_order(graph, {1, 2, 3, 4});
  EXPECT_THAT(cut_bytes(units), ElementsAre(100, 110, 101, 0));
  for (const Unit& unit : units) EXPECT_EQ(unit.gradient_bytes, unit.activation_bytes);
}

TEST(ChainInOrder, SendsNothingBetweenPartsWithoutEdges) {
  ModelGraph graph;
  graph.nodes = {node(1, 100), node(2, 10), node(3, 1)};
  EXPECT_THAT(cut_bytes(chain_in_order(graph, {2, 3, 1})), ElementsAre(0, 0, 0));
}

TEST(ChainInOrder, SumsDistinctOutputsOfRandomGraphs) {
  Rng rng(2, "chain");
  for (int i = 0; i < 2000; ++i) {
    const ModelGraph graph = random_graph(1 + static_cast<int>(rng.below(10)), 0.4, rng);
    const std::vector<int> order = kahn_order(graph);
    const std::vector<Unit> units = chain_in_order(graph, order);
    for (std::size_t cut = 0; cut < order.size(); ++cut) {
      const std::vector<std::vector<int>> sides = {
          {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(cut) + 1},
          {order.begin() + static_cast<std::ptrdiff_t>(cut) + 1, order.end()}};
      // So slow that the link is all that counts.
      const double link_us = bottleneck_of(graph, sides, {2, false, 2e-3});
      if (units[cut].activation_bytes > 0) {
        ASSERT_DOUBLE_EQ(link_us, units[cut].activation_bytes * 1e9);
      } else {
        ASSERT_LT(link_us, 1e9);
      }
    }
  }
}

}  // namespace
}  // namespace acceptlab::partition
