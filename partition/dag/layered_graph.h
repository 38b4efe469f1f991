#pragma once

#include <functional>
#include <optional>

#include "partition/dag/downsets.h"
#include "partition/dag/model_graph.h"
#include "partition/problem.h"

// Partitions as paths: a vertex is a boundary together with the device or the number of stages
// before it, an edge a stage or a link with its time, and the best partition the path whose largest
// weight is least. Solved by Boost.Graph's Dijkstra with max in place of +. Slow and plain on
// purpose: it shares no code with the solvers that it checks.
namespace acceptlab::partition {

// A chain of units on devices in a given order.
struct ChainTimes {
  int units = 0;
  int devices = 0;
  // Of units [first, last], from 0, on the device; nothing where it is not allowed.
  std::function<std::optional<double>(int device, int first, int last)> stage_us;
  // Between devices from < to, cut behind unit `cut`, from 0.
  std::function<double(int from, int to, int cut)> link_us;
  Mode mode = Mode::kFixedSkip;  // kFixedAll or kFixedSkip
  bool first_device_is_fixed = false;
};

// Returns: the least bottleneck; nothing where no partition is allowed.
// Requires: units and devices at least 1, mode not kFree, no NaN and nothing negative.
std::optional<double> layered_graph_bottleneck(const ChainTimes& chain);

// The least bottleneck over the downsets of a graph, as best_downsets() defines it; nothing where
// no partition is allowed. For small graphs: quadratic in the number of downsets.
// Requires: check(graph) has no error, and options that best_downsets() accepts.
std::optional<double> layered_graph_bottleneck(const ModelGraph& graph,
                                               const DownsetOptions& options);

}  // namespace acceptlab::partition
