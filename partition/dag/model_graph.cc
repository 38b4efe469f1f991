#include "partition/dag/model_graph.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <cmath>
#include <cstddef>
#include <string>

#include "partition/dag/node_index.h"

namespace acceptlab::partition {
namespace {

using Digraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Vertex = boost::graph_traits<Digraph>::vertex_descriptor;

Error config_error(const std::string& what) { return {ErrorKind::kConfig, "model: " + what}; }

std::string name_of(int id) { return "node " + std::to_string(id); }

std::optional<Error> check_value(const ModelNode& node, const char* field, double value) {
  if (std::isfinite(value) && value >= 0.0) return std::nullopt;
  return config_error(std::string(field) + " of " + name_of(node.id) +
                      " must be finite and not negative, have " + std::to_string(value));
}

std::optional<Error> check_values(const ModelNode& node) {
  if (auto e = check_value(node, "forward_us", node.forward_us)) return e;
  if (auto e = check_value(node, "backward_us", node.backward_us)) return e;
  if (auto e = check_value(node, "activation_bytes", node.activation_bytes)) return e;
  return check_value(node, "parameter_bytes", node.parameter_bytes);
}

std::optional<Error> check_ids(const ModelGraph& graph) {
  std::vector<int> ids;
  for (const ModelNode& node : graph.nodes) ids.push_back(node.id);
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice == ids.end()) return std::nullopt;
  return config_error(name_of(*twice) + " is there more than once");
}

std::optional<Error> check_sums(const ModelGraph& graph) {
  double time_us = 0.0;
  double activations = 0.0;
  double parameters = 0.0;
  for (const ModelNode& node : graph.nodes) {
    time_us += node.forward_us + node.backward_us;
    activations += node.activation_bytes;
    parameters += node.parameter_bytes;
  }
  if (!std::isfinite(time_us)) return config_error("the sum of all times overflows");
  if (!std::isfinite(activations)) return config_error("the sum of all activation_bytes overflows");
  if (!std::isfinite(parameters)) return config_error("the sum of all parameter_bytes overflows");
  return std::nullopt;
}

// Keeps the path from the root of the search to the vertex it is at. An edge back into the path
// closes a cycle: that part of the path goes to `cycle`, the first one found.
class CycleFinder : public boost::default_dfs_visitor {
 public:
  CycleFinder(std::vector<Vertex>* path, std::vector<Vertex>* cycle) : path_(path), cycle_(cycle) {}

  void discover_vertex(Vertex v, const Digraph&) { path_->push_back(v); }
  void finish_vertex(Vertex, const Digraph&) { path_->pop_back(); }
  void back_edge(boost::graph_traits<Digraph>::edge_descriptor edge, const Digraph& graph) {
    if (!cycle_->empty()) return;
    const auto begin = std::find(path_->begin(), path_->end(), boost::target(edge, graph));
    cycle_->assign(begin, path_->end());
  }

 private:
  std::vector<Vertex>* path_;  // both outlive the search, which copies its visitor
  std::vector<Vertex>* cycle_;
};

std::string cycle_text(const ModelGraph& graph, const std::vector<Vertex>& cycle) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < cycle.size() && i < kShown; ++i) {
    text += std::to_string(graph.nodes[cycle[i]].id) + " -> ";
  }
  if (cycle.size() > kShown) text += "... -> ";
  return text + std::to_string(graph.nodes[cycle.front()].id);
}

std::optional<Error> check_edges(const ModelGraph& graph) {
  const NodeIndex index(graph);
  Digraph digraph(graph.nodes.size());
  for (const ModelEdge& edge : graph.edges) {
    const auto producer = index.find(edge.producer);
    const auto consumer = index.find(edge.consumer);
    if (!producer || !consumer) {
      return config_error("edge " + std::to_string(edge.producer) + " -> " +
                          std::to_string(edge.consumer) + ": there is no " +
                          name_of(producer ? edge.consumer : edge.producer));
    }
    boost::add_edge(static_cast<Vertex>(*producer), static_cast<Vertex>(*consumer), digraph);
  }
  std::vector<Vertex> path;
  std::vector<Vertex> cycle;
  boost::depth_first_search(digraph, boost::visitor(CycleFinder(&path, &cycle)));
  if (cycle.empty()) return std::nullopt;
  return config_error("the nodes are in a cycle: " + cycle_text(graph, cycle));
}

}  // namespace

std::optional<Error> check(const ModelGraph& graph) {
  if (graph.nodes.empty()) return config_error("there are no nodes");
  for (const ModelNode& node : graph.nodes) {
    if (auto e = check_values(node)) return e;
  }
  if (auto e = check_ids(graph)) return e;
  if (auto e = check_sums(graph)) return e;
  return check_edges(graph);
}

}  // namespace acceptlab::partition
