#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "partition/dag/model_graph.h"

namespace acceptlab::partition {

// Places of a graph's nodes in its list, by id. Of equal ids it knows one.
class NodeIndex {
 public:
  explicit NodeIndex(const ModelGraph& graph);

  std::optional<int> find(int id) const;
  // Requires: the graph has the node.
  int at(int id) const;
  // All places, by ascending id.
  std::vector<int> places() const;

 private:
  std::vector<std::pair<int, int>> places_;  // (id, place), ascending
};

}  // namespace acceptlab::partition
