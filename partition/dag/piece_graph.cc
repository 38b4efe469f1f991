#include "partition/dag/piece_graph.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <cstddef>

#include "partition/dag/node_index.h"

namespace acceptlab::partition {
namespace {

using Digraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Vertex = boost::graph_traits<Digraph>::vertex_descriptor;

void keep_each_once(std::vector<int>* numbers) {
  std::sort(numbers->begin(), numbers->end());
  numbers->erase(std::unique(numbers->begin(), numbers->end()), numbers->end());
}

// Edges between places in graph.nodes.
struct PlaceEdge {
  std::size_t producer = 0;
  std::size_t consumer = 0;
};

std::vector<PlaceEdge> place_edges(const ModelGraph& graph, const NodeIndex& index) {
  std::vector<PlaceEdge> edges;
  edges.reserve(graph.edges.size());
  for (const ModelEdge& edge : graph.edges) {
    edges.push_back({static_cast<std::size_t>(index.at(edge.producer)),
                     static_cast<std::size_t>(index.at(edge.consumer))});
  }
  return edges;
}

void add_precedence(PieceGraph* graph, int before, int after) {
  graph->pieces[static_cast<std::size_t>(before)].consumers.push_back(after);
  graph->pieces[static_cast<std::size_t>(after)].producers.push_back(before);
}

void add_tensors(PieceGraph* result, const ModelGraph& graph, const std::vector<PlaceEdge>& edges,
                 const std::vector<int>& piece_of) {
  std::vector<std::vector<int>> consumers(graph.nodes.size());
  for (const PlaceEdge& edge : edges) {
    const int piece = piece_of[edge.consumer];
    if (piece != piece_of[edge.producer]) consumers[edge.producer].push_back(piece);
  }
  for (std::size_t place = 0; place < consumers.size(); ++place) {
    if (consumers[place].empty()) continue;
    keep_each_once(&consumers[place]);
    result->tensors.push_back(
        {graph.nodes[place].activation_bytes, piece_of[place], std::move(consumers[place])});
  }
}

// `piece_of`: [place in graph.nodes] -> piece.
PieceGraph make_pieces(const ModelGraph& graph, const std::vector<PlaceEdge>& edges,
                       const std::vector<int>& piece_of, int piece_count) {
  PieceGraph result;
  result.pieces.resize(static_cast<std::size_t>(piece_count));
  for (std::size_t place = 0; place < graph.nodes.size(); ++place) {
    auto& piece = result.pieces[static_cast<std::size_t>(piece_of[place])];
    piece.time_us += graph.nodes[place].forward_us + graph.nodes[place].backward_us;
    piece.nodes.push_back(static_cast<int>(place));
  }
  for (const PlaceEdge& edge : edges) {
    const int before = piece_of[edge.producer];
    const int after = piece_of[edge.consumer];
    if (before != after) add_precedence(&result, before, after);
  }
  add_tensors(&result, graph, edges, piece_of);
  return result;
}

PieceGraph with_each_precedence_once(PieceGraph graph) {
  for (auto& piece : graph.pieces) {
    keep_each_once(&piece.producers);
    keep_each_once(&piece.consumers);
  }
  return graph;
}

}  // namespace

PieceGraph pieces_in_order(const ModelGraph& graph, const std::vector<int>& order) {
  const NodeIndex index(graph);
  std::vector<int> piece_of(graph.nodes.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    piece_of[static_cast<std::size_t>(index.at(order[i]))] = static_cast<int>(i);
  }
  const int count = static_cast<int>(order.size());
  PieceGraph result = make_pieces(graph, place_edges(graph, index), piece_of, count);
  for (int piece = 1; piece < count; ++piece) add_precedence(&result, piece - 1, piece);
  return with_each_precedence_once(std::move(result));
}

PieceGraph contracted(const ModelGraph& graph,
                      const std::function<bool(const ModelNode& producer)>& stays) {
  // An edge says "not in a later stage than"; an output that stays says so both ways. So nodes
  // that reach each other are in one stage.
  const std::vector<PlaceEdge> edges = place_edges(graph, NodeIndex(graph));
  Digraph not_later(graph.nodes.size());
  for (const PlaceEdge& edge : edges) {
    boost::add_edge(edge.producer, edge.consumer, not_later);
    if (stays(graph.nodes[edge.producer])) boost::add_edge(edge.consumer, edge.producer, not_later);
  }
  std::vector<int> piece_of(graph.nodes.size());
  const auto component = boost::make_iterator_property_map(
      piece_of.begin(), boost::get(boost::vertex_index, not_later));
  const int count = boost::strong_components(not_later, component);
  // Boost numbers a component after all that it reaches.
  for (int& piece : piece_of) piece = count - 1 - piece;
  return with_each_precedence_once(make_pieces(graph, edges, piece_of, count));
}

}  // namespace acceptlab::partition
