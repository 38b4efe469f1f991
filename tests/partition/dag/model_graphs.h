#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "partition/dag/downsets.h"
#include "partition/dag/model_graph.h"
#include "runtime/base/rng.h"

// Graphs to test and to time with.
namespace acceptlab::partition {

// Draws whole times and sizes below the limits: sums are exact, and ties frequent if these are low.
ModelNode random_node(int id, Rng& rng, int times_below = 12, int bytes_below = 20);

// Random edges between any two nodes with this probability; ids shuffled, some numbers left out.
ModelGraph random_graph(int nodes, double edge_probability, Rng& rng);

// A node after another.
ModelGraph path_graph(int nodes, Rng& rng);

// Blocks of eight convolutions, norms and activations, every fourth with a convolution and a norm
// on its shortcut, joined by an addition. Cut after the number of nodes.
ModelGraph residual_net(int nodes, Rng& rng);

// Blocks of branches of these lengths side by side, joined by a concatenation. Cut likewise.
ModelGraph branching_net(int nodes, const std::vector<int>& branches, Rng& rng);

// Where recorded profiles are beside the repository: their folder.
std::optional<std::string> pipedream_folder();

// What the stages cost, from nothing but their lists of nodes. Checks nothing.
double bottleneck_of(const ModelGraph& graph, const std::vector<std::vector<int>>& stages,
                     const DownsetOptions& options);

}  // namespace acceptlab::partition
