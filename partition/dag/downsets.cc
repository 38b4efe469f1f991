#include "partition/dag/downsets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "partition/dag/downset_lattice.h"
#include "partition/dag/lattice_search.h"
#include "partition/dag/linearize.h"
#include "partition/dag/node_index.h"
#include "partition/dag/piece_graph.h"
#include "runtime/base/check.h"

namespace acceptlab::partition {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Error config_error(const std::string& what) { return {ErrorKind::kConfig, "downsets: " + what}; }

// Forward and backward.
double us_per_cut_byte(const DownsetOptions& options) {
  return options.bandwidth_bytes_per_s ? 2e6 / *options.bandwidth_bytes_per_s : 0.0;
}

std::optional<Error> check_options(const ModelGraph& graph, const DownsetOptions& options) {
  if (options.stages < 1) {
    return config_error("stages must be at least 1, have " + std::to_string(options.stages));
  }
  if (options.downset_limit > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return config_error("downset_limit must be below 2^31, have " +
                        std::to_string(options.downset_limit));
  }
  if (!options.bandwidth_bytes_per_s) return std::nullopt;
  const double bandwidth = *options.bandwidth_bytes_per_s;
  if (!std::isfinite(bandwidth) || bandwidth <= 0.0) {
    return config_error("bandwidth_bytes_per_s must be finite and positive, have " +
                        std::to_string(bandwidth));
  }
  double bytes = 0.0;
  for (const ModelNode& node : graph.nodes) bytes += node.activation_bytes;
  if (std::isfinite(bytes * us_per_cut_byte(options))) return std::nullopt;
  return config_error("bandwidth_bytes_per_s is too small for the model's outputs, have " +
                      std::to_string(bandwidth));
}

// A plan in terms of the graph of pieces that its lattice is of.
struct Found {
  std::vector<std::vector<int>> stages;  // places in ModelGraph::nodes
  double bottleneck_us = 0.0;
};

Found found(const LatticePlan& plan, const DownsetLattice& lattice, const PieceGraph& graph) {
  Found result;
  result.bottleneck_us = plan.bottleneck_us;
  std::vector<bool> done(graph.pieces.size());
  for (const int boundary : plan.boundaries) {
    auto& stage = result.stages.emplace_back();
    for (const int number : lattice.pieces(boundary)) {
      const auto p = static_cast<std::size_t>(number);
      if (done[p]) continue;
      done[p] = true;
      stage.insert(stage.end(), graph.pieces[p].nodes.begin(), graph.pieces[p].nodes.end());
    }
  }
  return result;
}

// The best plan of the prefixes of Kahn's order. Requires: at least as many nodes as stages.
Found best_in_kahn_order(const ModelGraph& graph, const LatticeGoal& goal) {
  const PieceGraph chain = pieces_in_order(graph, kahn_order(graph));
  const auto prefixes = DownsetLattice::of(chain, graph.nodes.size() + 1);
  ACCEPTLAB_CHECK(prefixes.has_value());
  const double bound_us = stage_bound_us(chain, goal.stages);
  const auto plan = best_plan(*prefixes, goal, bound_us, kInfinity);
  ACCEPTLAB_CHECK(plan.has_value());
  return found(*plan, *prefixes, chain);
}

// [place in graph.nodes]: the last stage that consumes its output, the own one where none does.
std::vector<std::size_t> last_stages(const ModelGraph& graph,
                                     const std::vector<std::size_t>& stage_of,
                                     const NodeIndex& index) {
  std::vector<std::size_t> last = stage_of;
  for (const ModelEdge& edge : graph.edges) {
    auto& stage = last[static_cast<std::size_t>(index.at(edge.producer))];
    stage = std::max(stage, stage_of[static_cast<std::size_t>(index.at(edge.consumer))]);
  }
  return last;
}

// Prices the stages from the graph itself: sums in the order of the nodes' ids, free of the
// rounding of the search.
void price(const ModelGraph& graph, const DownsetOptions& options,
           const std::vector<std::vector<int>>& stages, DownsetSolution* solution) {
  std::vector<std::size_t> stage_of(graph.nodes.size());
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (const int place : stages[s]) stage_of[static_cast<std::size_t>(place)] = s;
  }
  solution->stages.resize(stages.size());
  const NodeIndex index(graph);
  const std::vector<std::size_t> last = last_stages(graph, stage_of, index);
  for (const int place : index.places()) {
    const auto p = static_cast<std::size_t>(place);
    const ModelNode& node = graph.nodes[p];
    DownsetStage& stage = solution->stages[stage_of[p]];
    stage.nodes.push_back(node.id);
    stage.time.forward_us += node.forward_us;
    stage.time.backward_us += node.backward_us;
    for (std::size_t s = stage_of[p]; s < last[p]; ++s) {
      solution->stages[s].cut_bytes += node.activation_bytes;
    }
  }
  for (DownsetStage& stage : solution->stages) {
    stage.link_us = stage.cut_bytes * us_per_cut_byte(options);
    solution->bottleneck_us = std::max(
        {solution->bottleneck_us, stage.link_us, stage.time.forward_us + stage.time.backward_us});
  }
}

}  // namespace

Result<DownsetSolution> best_downsets(const ModelGraph& graph, const DownsetOptions& options) {
  if (auto error = check(graph)) return *error;
  if (auto error = check_options(graph, options)) return *error;
  const int nodes = static_cast<int>(graph.nodes.size());
  DownsetSolution solution;
  if (!options.at_most && options.stages > nodes) {
    solution.why_infeasible = std::to_string(options.stages) + " stages need as many nodes, have " +
                              std::to_string(nodes);
    return solution;
  }
  const LatticeGoal goal{std::min(options.stages, nodes), options.at_most,
                         us_per_cut_byte(options)};
  // A plan to beat: outputs that alone take as long to send cannot cross a boundary of a better
  // one, which leaves far fewer downsets.
  Found best = best_in_kahn_order(graph, goal);
  const PieceGraph pieces = contracted(graph, [&](const ModelNode& producer) {
    return producer.activation_bytes * goal.us_per_cut_byte >= best.bottleneck_us;
  });
  const double bound_us = stage_bound_us(pieces, goal.stages);
  if (bound_us < best.bottleneck_us) {
    const auto lattice = DownsetLattice::of(pieces, options.downset_limit);
    if (!lattice) {
      return config_error("the model has more than " + std::to_string(options.downset_limit) +
                          " downsets (downset_limit): too many branches side by side; an order of "
                          "its nodes can be partitioned as a chain");
    }
    solution.downset_count = static_cast<std::size_t>(lattice->count());
    if (const auto plan = best_plan(*lattice, goal, bound_us, best.bottleneck_us)) {
      best = found(*plan, *lattice, pieces);
    }
  }
  solution.feasible = true;
  price(graph, options, best.stages, &solution);
  solution.lower_bound_us = solution.bottleneck_us;
  return solution;
}

}  // namespace acceptlab::partition
