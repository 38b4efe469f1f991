#include "partition/dag/model_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace acceptlab::partition {
namespace {

ModelGraph diamond() {
  ModelGraph graph;
  for (const int id : {1, 2, 3, 4}) graph.nodes.push_back({id, "n", 1.0, 2.0, 3.0, 4.0});
  graph.edges = {{1, 2}, {1, 3}, {2, 4}, {3, 4}};
  return graph;
}

std::string refusal(const ModelGraph& graph) {
  const auto error = check(graph);
  if (!error) return "accepted";
  EXPECT_EQ(error->kind, ErrorKind::kConfig);
  return error->message;
}

TEST(ModelGraph, AcceptsAGraphAndTheSameEdgeTwice) {
  ModelGraph graph = diamond();
  EXPECT_EQ(refusal(graph), "accepted");
  graph.edges.push_back({1, 2});
  EXPECT_EQ(refusal(graph), "accepted");
}

TEST(ModelGraph, RefusesAnEmptyGraph) { EXPECT_EQ(refusal({}), "model: there are no nodes"); }

TEST(ModelGraph, RefusesValuesThatAreNoTimesOrSizes) {
  const auto with = [](double ModelNode::*field, double value) {
    ModelGraph graph = diamond();
    graph.nodes[2].*field = value;
    return refusal(graph);
  };
  EXPECT_EQ(with(&ModelNode::forward_us, std::numeric_limits<double>::quiet_NaN()),
            "model: forward_us of node 3 must be finite and not negative, have nan");
  EXPECT_EQ(with(&ModelNode::backward_us, -1.0),
            "model: backward_us of node 3 must be finite and not negative, have -1.000000");
  EXPECT_THAT(with(&ModelNode::activation_bytes, std::numeric_limits<double>::infinity()),
              testing::StartsWith("model: activation_bytes of node 3"));
  EXPECT_THAT(with(&ModelNode::parameter_bytes, -0.5),
              testing::StartsWith("model: parameter_bytes of node 3"));
}

TEST(ModelGraph, RefusesSumsThatOverflow) {
  ModelGraph graph = diamond();
  for (ModelNode& node : graph.nodes) node.forward_us = 1e308;
  EXPECT_EQ(refusal(graph), "model: the sum of all times overflows");
  graph = diamond();
  for (ModelNode& node : graph.nodes) node.activation_bytes = 1e308;
  EXPECT_EQ(refusal(graph), "model: the sum of all activation_bytes overflows");
}

TEST(ModelGraph, RefusesNodesThatAreTwiceOrUnknown) {
  ModelGraph graph = diamond();
  graph.nodes[3].id = 2;
  EXPECT_EQ(refusal(graph), "model: node 2 is there more than once");
  graph = diamond();
  graph.edges.push_back({4, 7});
  EXPECT_EQ(refusal(graph), "model: edge 4 -> 7: there is no node 7");
  graph.edges.back() = {-1, 7};
  EXPECT_EQ(refusal(graph), "model: edge -1 -> 7: there is no node -1");
}

TEST(ModelGraph, NamesTheNodesOfACycleAlone) {
  ModelGraph graph = diamond();
  graph.edges.push_back({4, 2});
  EXPECT_EQ(refusal(graph), "model: the nodes are in a cycle: 2 -> 4 -> 2");
  graph = diamond();
  graph.edges.push_back({3, 3});
  EXPECT_EQ(refusal(graph), "model: the nodes are in a cycle: 3 -> 3");
}

TEST(ModelGraph, ShortensALongCycle) {
  ModelGraph graph;
  for (int id = 0; id < 100; ++id) {
    graph.nodes.push_back({id, "n", 1.0, 2.0, 3.0, 4.0});
    graph.edges.push_back({id, (id + 1) % 100});
  }
  EXPECT_EQ(refusal(graph),
            "model: the nodes are in a cycle: 0 -> 1 -> 2 -> 3 -> 4 -> 5 -> 6 -> 7 -> ... -> 0");
}

}  // namespace
}  // namespace acceptlab::partition
