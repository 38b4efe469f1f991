#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "partition/dag/piece_graph.h"

namespace acceptlab::partition {

// All downsets of a graph of pieces, ordered by inclusion: an edge leads from a downset to each
// that has one piece more. Downsets are numbered by size: 0 is the empty one, the last the whole
// graph, and edges lead to larger numbers. D contains E where a path leads from E to D.
class DownsetLattice {
 public:
  // Nothing where there are more than `limit` downsets. Requires: limit below 2^31.
  // Takes time and memory in proportion to the edges.
  static std::optional<DownsetLattice> of(const PieceGraph& graph, std::size_t limit);

  int count() const { return static_cast<int>(time_us_.size()); }
  int whole() const { return count() - 1; }

  // Of all its pieces together.
  double time_us(int downset) const { return time_us_[static_cast<std::size_t>(downset)]; }
  // Of the tensors that are produced in it and consumed outside as well.
  double cut_bytes(int downset) const { return cut_bytes_[static_cast<std::size_t>(downset)]; }
  // Its pieces, in some order.
  std::vector<int> pieces(int downset) const;

  // Calls f with each downset that has one piece more.
  template <typename Function>
  void for_each_above(int downset, Function f) const {
    const auto d = static_cast<std::size_t>(downset);
    for (std::size_t e = first_edge_[d]; e < first_edge_[d + 1]; ++e) f(above_[e]);
  }

 private:
  friend class LatticeBuilder;
  struct Step {
    int below = -1;  // a downset with one piece less
    int piece = -1;  // that piece
  };

  std::vector<double> time_us_;
  std::vector<double> cut_bytes_;
  std::vector<Step> reached_by_;         // the first step found
  std::vector<std::size_t> first_edge_;  // [downsets + 1], into above_
  std::vector<int> above_;
};

}  // namespace acceptlab::partition
