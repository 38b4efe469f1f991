#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace acceptlab::partition {

// One operation of a model. Times are microseconds for one mini-batch.
struct ModelNode {
  int id = 0;  // any number, once in a graph
  std::string name;
  double forward_us = 0.0;
  double backward_us = 0.0;
  double activation_bytes = 0.0;  // its output for the whole mini-batch: one tensor, however many
                                  // nodes consume it
  double parameter_bytes = 0.0;
};

// The consumer needs the producer's output. Ids of nodes; twice the same edge is once.
struct ModelEdge {
  int producer = 0;
  int consumer = 0;
};

// A model as a directed acyclic graph.
struct ModelGraph {
  std::vector<ModelNode> nodes;
  std::vector<ModelEdge> edges;
};

// Why the graph makes no sense: a kConfig error that names the node or edge, the field and the
// value; nothing where it does. Sums of times and sizes stay finite in a graph without error.
std::optional<Error> check(const ModelGraph& graph);

}  // namespace acceptlab::partition
