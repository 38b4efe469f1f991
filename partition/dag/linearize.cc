#include "partition/dag/linearize.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <functional>
#include <queue>
#include <utility>

#include "partition/dag/node_index.h"
#include "runtime/base/check.h"

namespace acceptlab::partition {
namespace {

using Digraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;
using Vertex = boost::graph_traits<Digraph>::vertex_descriptor;

// Vertices are places in graph.nodes.
Digraph digraph_of(const ModelGraph& graph, const NodeIndex& index) {
  Digraph digraph(graph.nodes.size());
  for (const ModelEdge& edge : graph.edges) {
    boost::add_edge(static_cast<Vertex>(index.at(edge.producer)),
                    static_cast<Vertex>(index.at(edge.consumer)), digraph);
  }
  return digraph;
}

template <typename Range>
auto as_range(Range range) {
  return boost::make_iterator_range(range.first, range.second);
}

Unit unit_of(const ModelNode& node) {
  Unit unit;
  unit.name = node.name;
  unit.time = {node.forward_us, node.backward_us};
  unit.parameter_bytes = node.parameter_bytes;
  unit.stash_bytes = node.activation_bytes;
  return unit;
}

// [position in order]: that of the output's last consumer; its own where it has none.
std::vector<std::size_t> last_uses(const ModelGraph& graph, const NodeIndex& index,
                                   const std::vector<int>& order) {
  std::vector<std::size_t> position(graph.nodes.size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    position[static_cast<std::size_t>(index.at(order[i]))] = i;
  }
  std::vector<std::size_t> last(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) last[i] = i;
  for (const ModelEdge& edge : graph.edges) {
    const std::size_t from = position[static_cast<std::size_t>(index.at(edge.producer))];
    const std::size_t to = position[static_cast<std::size_t>(index.at(edge.consumer))];
    ACCEPTLAB_CHECK(from < to && to < order.size());
    last[from] = std::max(last[from], to);
  }
  return last;
}

}  // namespace

std::vector<int> kahn_order(const ModelGraph& graph) {
  const NodeIndex index(graph);
  const Digraph digraph = digraph_of(graph, index);
  using IdAndVertex = std::pair<int, Vertex>;
  std::priority_queue<IdAndVertex, std::vector<IdAndVertex>, std::greater<>> ready;
  std::vector<std::size_t> missing(graph.nodes.size());  // edges from producers not yet placed
  for (const Vertex v : as_range(boost::vertices(digraph))) {
    missing[v] = boost::in_degree(v, digraph);
    if (missing[v] == 0) ready.emplace(graph.nodes[v].id, v);
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const auto [id, v] = ready.top();
    ready.pop();
    order.push_back(id);
    for (const Vertex w : as_range(boost::adjacent_vertices(v, digraph))) {
      if (--missing[w] == 0) ready.emplace(graph.nodes[w].id, w);
    }
  }
  ACCEPTLAB_CHECK(order.size() == graph.nodes.size());
  return order;
}

std::vector<Unit> chain_in_order(const ModelGraph& graph, const std::vector<int>& order) {
  ACCEPTLAB_CHECK(order.size() == graph.nodes.size());
  const NodeIndex index(graph);
  const std::vector<std::size_t> last = last_uses(graph, index, order);
  std::vector<Unit> units;
  for (const int id : order) {
    units.push_back(unit_of(graph.nodes[static_cast<std::size_t>(index.at(id))]));
  }
  // Added output by output, not carried from cut to cut: a sum that shrinks again would keep the
  // rounding of what left it.
  for (std::size_t producer = 0; producer < units.size(); ++producer) {
    const double bytes = units[producer].stash_bytes;
    for (std::size_t cut = producer; cut < last[producer]; ++cut) {
      units[cut].activation_bytes += bytes;
      units[cut].gradient_bytes += bytes;
    }
  }
  return units;
}

}  // namespace acceptlab::partition
