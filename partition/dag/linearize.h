#pragma once

#include <vector>

#include "partition/dag/model_graph.h"
#include "partition/problem.h"

namespace acceptlab::partition {

// Producers before consumers; of the nodes whose producers are all placed, the one with the
// smallest id is next (Kahn 1962). Returns node ids. Requires: check(graph) has no error.
std::vector<int> kahn_order(const ModelGraph& graph);

// The graph as a chain of units in this order. After unit i cross the outputs of units up to i that
// a later unit consumes: each once, also where it has several consumers there, and at every cut up
// to its last consumer. As many bytes of gradients come back. Of a mini-batch a unit keeps its own
// output (stash_bytes).
// Requires: check(graph) has no error; `order` has every node id once, producers before consumers.
std::vector<Unit> chain_in_order(const ModelGraph& graph, const std::vector<int>& order);

}  // namespace acceptlab::partition
