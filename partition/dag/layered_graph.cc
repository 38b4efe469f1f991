#include "partition/dag/layered_graph.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "runtime/base/check.h"

namespace acceptlab::partition {
namespace {

using Weight = boost::property<boost::edge_weight_t, double>;
using Digraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, Weight>;
using Vertex = boost::graph_traits<Digraph>::vertex_descriptor;

constexpr double kUnreachable = std::numeric_limits<double>::infinity();

void add_edge(Digraph* graph, std::size_t from, std::size_t to, double weight_us) {
  boost::add_edge(from, to, Weight(weight_us), *graph);
}

// The largest weight on the path from `source` to `target` on which that is least.
std::optional<double> bottleneck_path(const Digraph& graph, Vertex source, Vertex target) {
  std::vector<double> largest_us(boost::num_vertices(graph));
  const auto distances =
      boost::make_iterator_property_map(largest_us.begin(), boost::get(boost::vertex_index, graph));
  boost::dijkstra_shortest_paths(
      graph, source,
      boost::distance_map(distances)
          .distance_combine([](double path, double edge) { return std::max(path, edge); })
          .distance_compare(std::less<>())
          .distance_inf(kUnreachable)
          .distance_zero(0.0));
  if (largest_us[target] == kUnreachable) return std::nullopt;
  return largest_us[target];
}

// Vertices of the chain's graph: a device d that is to begin behind unit `cut` (0: at the start),
// or that has ended there; a source and a target.
class ChainVertices {
 public:
  explicit ChainVertices(const ChainTimes& chain) : cuts_(size(chain.units) + 1) {
    count_ = 2 * size(chain.devices) * cuts_ + 2;
  }
  std::size_t begins(int device, int cut) const { return 2 * (size(device) * cuts_ + size(cut)); }
  std::size_t ended(int device, int cut) const { return begins(device, cut) + 1; }
  std::size_t source() const { return count_ - 2; }
  std::size_t target() const { return count_ - 1; }
  std::size_t count() const { return count_; }

 private:
  static std::size_t size(int number) { return static_cast<std::size_t>(number); }
  std::size_t cuts_;
  std::size_t count_;
};

void add_stages(const ChainTimes& chain, const ChainVertices& at, Digraph* graph) {
  for (int device = 0; device < chain.devices; ++device) {
    for (int first = 0; first < chain.units; ++first) {
      for (int last = first; last < chain.units; ++last) {
        const std::optional<double> us = chain.stage_us(device, first, last);
        if (us) add_edge(graph, at.begins(device, first), at.ended(device, last + 1), *us);
      }
    }
  }
}

void add_links(const ChainTimes& chain, const ChainVertices& at, Digraph* graph) {
  for (int from = 0; from < chain.devices; ++from) {
    const int last = chain.mode == Mode::kFixedAll ? from + 1 : chain.devices - 1;
    for (int to = from + 1; to <= std::min(last, chain.devices - 1); ++to) {
      for (int cut = 0; cut + 1 < chain.units; ++cut) {
        add_edge(graph, at.ended(from, cut + 1), at.begins(to, cut + 1),
                 chain.link_us(from, to, cut));
      }
    }
  }
}

void add_terminals(const ChainTimes& chain, const ChainVertices& at, Digraph* graph) {
  const bool all = chain.mode == Mode::kFixedAll;
  for (int device = 0; device < chain.devices; ++device) {
    const bool may_be_first = device == 0 || (!all && !chain.first_device_is_fixed);
    const bool may_be_last = device + 1 == chain.devices || !all;
    if (may_be_first) add_edge(graph, at.source(), at.begins(device, 0), 0.0);
    if (may_be_last) add_edge(graph, at.ended(device, chain.units), at.target(), 0.0);
  }
}

using Downset = std::set<int>;  // of node ids

// The downsets of a model, found by adding node after node.
class Downsets {
 public:
  explicit Downsets(const ModelGraph& graph) : graph_(graph) {
    for (const ModelEdge& edge : graph.edges) producers_[edge.consumer].insert(edge.producer);
    add_all_above({});
  }
  const std::set<Downset>& all() const { return all_; }

  double stage_us(const Downset& before, const Downset& after) const {
    double sum_us = 0.0;
    for (const ModelNode& node : graph_.nodes) {
      if (after.count(node.id) != 0 && before.count(node.id) == 0) {
        sum_us += node.forward_us + node.backward_us;
      }
    }
    return sum_us;
  }

  double cut_bytes(const Downset& downset) const {
    std::set<int> crossing;
    for (const ModelEdge& edge : graph_.edges) {
      if (downset.count(edge.producer) != 0 && downset.count(edge.consumer) == 0) {
        crossing.insert(edge.producer);
      }
    }
    double bytes = 0.0;
    for (const ModelNode& node : graph_.nodes) {
      if (crossing.count(node.id) != 0) bytes += node.activation_bytes;
    }
    return bytes;
  }

 private:
  void add_all_above(const Downset& start) {
    std::vector<Downset> open = {start};
    while (!open.empty()) {
      const Downset downset = open.back();
      open.pop_back();
      if (!all_.insert(downset).second) continue;
      for (const ModelNode& node : graph_.nodes) {
        if (downset.count(node.id) != 0) continue;
        const std::set<int>& needed = producers_[node.id];
        if (!std::includes(downset.begin(), downset.end(), needed.begin(), needed.end())) continue;
        open.push_back(downset);
        open.back().insert(node.id);
      }
    }
  }

  const ModelGraph& graph_;
  std::map<int, std::set<int>> producers_;  // by consumer
  std::set<Downset> all_;
};

}  // namespace

std::optional<double> layered_graph_bottleneck(const ChainTimes& chain) {
  ACCEPTLAB_CHECK(chain.units >= 1 && chain.devices >= 1 && chain.mode != Mode::kFree);
  const ChainVertices at(chain);
  Digraph graph(at.count());
  add_stages(chain, at, &graph);
  add_links(chain, at, &graph);
  add_terminals(chain, at, &graph);
  return bottleneck_path(graph, at.source(), at.target());
}

std::optional<double> layered_graph_bottleneck(const ModelGraph& model,
                                               const DownsetOptions& options) {
  const Downsets downsets(model);
  const std::vector<Downset> sets(downsets.all().begin(), downsets.all().end());
  const auto count = sets.size();
  const double us_per_byte =
      options.bandwidth_bytes_per_s ? 2.0 / *options.bandwidth_bytes_per_s * 1e6 : 0.0;
  const auto stages = std::min(static_cast<std::size_t>(options.stages), model.nodes.size() + 1);
  // Vertex s * count + d: downset d after s stages. The one more is the target.
  Digraph graph((stages + 1) * count + 1);
  const Vertex target = (stages + 1) * count;
  std::size_t empty = 0;
  for (std::size_t to = 0; to < count; ++to) {
    if (sets[to].empty()) empty = to;
    const bool is_whole = sets[to].size() == model.nodes.size();
    const double link_us = downsets.cut_bytes(sets[to]) * us_per_byte;
    for (std::size_t from = 0; from < count; ++from) {
      const bool is_stage = from != to && std::includes(sets[to].begin(), sets[to].end(),
                                                        sets[from].begin(), sets[from].end());
      if (!is_stage) continue;
      const double us = std::max(downsets.stage_us(sets[from], sets[to]), link_us);
      for (std::size_t s = 0; s < stages; ++s) {
        add_edge(&graph, s * count + from, (s + 1) * count + to, us);
      }
    }
    for (std::size_t s = 1; is_whole && s <= stages; ++s) {
      if (options.at_most || s == stages) add_edge(&graph, s * count + to, target, 0.0);
    }
  }
  return bottleneck_path(graph, empty, target);
}

}  // namespace acceptlab::partition
