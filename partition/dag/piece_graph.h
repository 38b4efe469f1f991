#pragma once

#include <functional>
#include <vector>

#include "partition/dag/model_graph.h"

namespace acceptlab::partition {

// A graph as the search over downsets sees it: pieces of one or more nodes that stay together.
// Piece numbers are a topological order.
struct PieceGraph {
  struct Piece {
    double time_us = 0.0;
    std::vector<int> nodes;      // places in ModelGraph::nodes
    std::vector<int> producers;  // pieces that must come before, each once
    std::vector<int> consumers;  // pieces that must come after, each once
  };
  // An output that other pieces than its own consume.
  struct Tensor {
    double bytes = 0.0;
    int producer = 0;
    std::vector<int> consumers;  // each once
  };
  std::vector<Piece> pieces;
  std::vector<Tensor> tensors;

  int piece_count() const { return static_cast<int>(pieces.size()); }
};

// Every node a piece, one after the other in the given order (node ids): its downsets are the
// prefixes.
// Requires: check(graph) has no error; `order` has every node once, producers before consumers.
PieceGraph pieces_in_order(const ModelGraph& graph, const std::vector<int>& order);

// Nodes are in one piece where every partition that splits none of the outputs named by `stays`
// from a consumer has them in one stage. Such an output ties its producer to all its consumers, and
// with them whatever lies between.
// Requires: check(graph) has no error.
PieceGraph contracted(const ModelGraph& graph,
                      const std::function<bool(const ModelNode& producer)>& stays);

}  // namespace acceptlab::partition
