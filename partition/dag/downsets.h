#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "partition/dag/model_graph.h"
#include "partition/problem.h"
#include "runtime/base/result.h"

namespace acceptlab::partition {

struct DownsetOptions {
  int stages = 1;
  bool at_most = false;  // fewer stages are allowed too; else each of `stages` has a node
  std::optional<double> bandwidth_bytes_per_s;  // unset: what crosses costs nothing
  // The search gives up (kConfig) beyond this number of downsets. 2^20 need about 0.5 GB.
  std::size_t downset_limit = std::size_t{1} << 20;
};

struct DownsetStage {
  std::vector<int> nodes;  // ids, ascending
  UnitTime time;
  // Of the boundary behind the stage; 0 for the last one.
  double cut_bytes = 0.0;  // one way
  double link_us = 0.0;    // both ways: 2 * cut_bytes / bandwidth
};

struct DownsetSolution {
  bool feasible = false;
  std::string why_infeasible;  // where it is not
  std::vector<DownsetStage> stages;
  double bottleneck_us = 0.0;   // largest time of a stage or link
  double lower_bound_us = 0.0;  // no partition is better; the bottleneck itself
  // Downsets searched, the empty one and the whole included: fewer than the graph has where outputs
  // are too large to cross a boundary, none where Kahn's order alone proves its plan the best.
  std::size_t downset_count = 0;
};

// The best partition of a graph into stages on identical devices in a row, over all its orders at
// once. What is computed after some stage is a downset: a set of nodes with all their producers.
// So a partition is a chain of nested downsets, each stage the difference of two.
// Minimises the largest of all stage times (forward + backward) and link times, 2 * bytes /
// bandwidth, where the bytes of a boundary are those of the distinct outputs that cross it. Stages
// send to the next one only: an output consumed further on is forwarded, and counted at each
// boundary between.
// Exact; the same plan for the same graph. Errors (kConfig): the graph or an option makes no sense,
// or the graph has more downsets than the limit.
Result<DownsetSolution> best_downsets(const ModelGraph& graph, const DownsetOptions& options);

}  // namespace acceptlab::partition
