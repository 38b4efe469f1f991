#include "partition/dag/node_index.h"

#include <algorithm>
#include <limits>

#include "runtime/base/check.h"

namespace acceptlab::partition {

NodeIndex::NodeIndex(const ModelGraph& graph) {
  places_.reserve(graph.nodes.size());
  for (const ModelNode& node : graph.nodes) {
    places_.emplace_back(node.id, static_cast<int>(places_.size()));
  }
  std::sort(places_.begin(), places_.end());
}

std::optional<int> NodeIndex::find(int id) const {
  const auto found = std::lower_bound(places_.begin(), places_.end(),
                                      std::make_pair(id, std::numeric_limits<int>::min()));
  if (found == places_.end() || found->first != id) return std::nullopt;
  return found->second;
}

int NodeIndex::at(int id) const {
  const std::optional<int> place = find(id);
  ACCEPTLAB_CHECK(place.has_value());
  return *place;
}

std::vector<int> NodeIndex::places() const {
  std::vector<int> places;
  places.reserve(places_.size());
  for (const auto& [id, place] : places_) places.push_back(place);
  return places;
}

}  // namespace acceptlab::partition
