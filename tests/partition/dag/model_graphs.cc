#include "tests/partition/dag/model_graphs.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <utility>

namespace acceptlab::partition {
namespace {

// Appends nodes with ids from 1 upwards.
class NetBuilder {
 public:
  explicit NetBuilder(Rng& rng) : rng_(rng) { add({}); }

  int last() const { return static_cast<int>(graph_.nodes.size()); }

  int add(const std::vector<int>& producers) {
    const int id = last() + 1;
    graph_.nodes.push_back(random_node(id, rng_, 10000, 1 << 26));
    for (const int producer : producers) graph_.edges.push_back({producer, id});
    return id;
  }

  int add_path(int from, int length) {
    for (int i = 0; i < length; ++i) from = add({from});
    return from;
  }

  ModelGraph cut_after(int nodes) && {
    graph_.nodes.resize(static_cast<std::size_t>(nodes));
    auto& edges = graph_.edges;
    edges.erase(std::remove_if(edges.begin(), edges.end(),
                               [&](const ModelEdge& e) { return e.consumer > nodes; }),
                edges.end());
    return std::move(graph_);
  }

 private:
  Rng& rng_;
  ModelGraph graph_;
};

double draw_below(int limit, Rng& rng) {
  return static_cast<double>(rng.below(static_cast<std::uint64_t>(limit)));
}

}  // namespace

ModelNode random_node(int id, Rng& rng, int times_below, int bytes_below) {
  ModelNode node;
  node.id = id;
  node.name = "n" + std::to_string(id);
  node.forward_us = draw_below(times_below, rng);
  node.backward_us = draw_below(times_below, rng);
  node.activation_bytes = draw_below(bytes_below, rng);
  node.parameter_bytes = draw_below(bytes_below, rng);
  return node;
}

ModelGraph random_graph(int nodes, double edge_probability, Rng& rng) {
  std::vector<int> ids;
  for (int i = 0; i < nodes; ++i) ids.push_back(3 * i + static_cast<int>(rng.below(3)));
  for (std::size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[rng.below(i)]);
  ModelGraph graph;
  for (const int id : ids) graph.nodes.push_back(random_node(id, rng));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (std::size_t j = i + 1; j < ids.size(); ++j) {
      if (rng.uniform() < edge_probability) graph.edges.push_back({ids[i], ids[j]});
    }
  }
  // The list of nodes need not be an order of the graph.
  for (std::size_t i = ids.size(); i > 1; --i) {
    std::swap(graph.nodes[i - 1], graph.nodes[rng.below(i)]);
  }
  return graph;
}

ModelGraph path_graph(int nodes, Rng& rng) {
  NetBuilder net(rng);
  net.add_path(1, nodes - 1);
  return std::move(net).cut_after(nodes);
}

ModelGraph residual_net(int nodes, Rng& rng) {
  NetBuilder net(rng);
  for (int block = 0; net.last() < nodes; ++block) {
    const int input = net.last();
    const int main = net.add_path(input, 8);
    const int shortcut = block % 4 == 0 ? net.add_path(input, 2) : input;
    net.add({main, shortcut});
  }
  return std::move(net).cut_after(nodes);
}

ModelGraph branching_net(int nodes, const std::vector<int>& branches, Rng& rng) {
  NetBuilder net(rng);
  while (net.last() < nodes) {
    const int input = net.last();
    std::vector<int> ends;
    for (const int length : branches) ends.push_back(net.add_path(input, length));
    net.add(ends);
  }
  return std::move(net).cut_after(nodes);
}

std::optional<std::string> pipedream_folder() {
  const auto folder =
      std::filesystem::path(ACCEPTLAB_SOURCE_DIR).parent_path() / "shared/data/pipedream";
  if (!std::filesystem::exists(folder)) return std::nullopt;
  return folder.string();
}

double bottleneck_of(const ModelGraph& graph, const std::vector<std::vector<int>>& stages,
                     const DownsetOptions& options) {
  std::map<int, std::size_t> stage_of;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (const int id : stages[s]) stage_of[id] = s;
  }
  std::vector<double> stage_us(stages.size());
  std::vector<double> cut_bytes(stages.size());
  for (const ModelNode& node : graph.nodes) {
    const std::size_t begin = stage_of[node.id];
    std::size_t end = begin;
    for (const ModelEdge& e : graph.edges) {
      if (e.producer == node.id) end = std::max(end, stage_of[e.consumer]);
    }
    stage_us[begin] += node.forward_us + node.backward_us;
    for (std::size_t s = begin; s < end; ++s) cut_bytes[s] += node.activation_bytes;
  }
  double bottleneck_us = *std::max_element(stage_us.begin(), stage_us.end());
  if (!options.bandwidth_bytes_per_s) return bottleneck_us;
  for (const double bytes : cut_bytes) {
    bottleneck_us = std::max(bottleneck_us, 2e6 * bytes / *options.bandwidth_bytes_per_s);
  }
  return bottleneck_us;
}

}  // namespace acceptlab::partition
