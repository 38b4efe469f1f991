#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>

#include "partition/dag/downsets.h"
#include "partition/dag/layered_graph.h"
#include "partition/dag/linearize.h"
#include "tests/partition/dag/model_graphs.h"

// The search over downsets against all partitions there are, on random small graphs.
namespace acceptlab::partition {
namespace {

constexpr int kProblems = 40000;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Gives every node a stage, in all ways in which no edge leads back. Knows nothing of downsets.
class BruteForce {
 public:
  BruteForce(const ModelGraph& graph, const DownsetOptions& options, int stages)
      : graph_(graph), options_(options), order_(kahn_order(graph)) {
    stages_.resize(static_cast<std::size_t>(stages));
    place(0);
  }
  // Infinite where there is no partition.
  double bottleneck_us() const { return bottleneck_us_; }

 private:
  void place(std::size_t position) {
    if (position == order_.size()) {
      const bool every_stage_works = std::none_of(stages_.begin(), stages_.end(),
                                                  [](const auto& nodes) { return nodes.empty(); });
      if (every_stage_works) {
        bottleneck_us_ = std::min(bottleneck_us_, bottleneck_of(graph_, stages_, options_));
      }
      return;
    }
    const int id = order_[position];
    std::size_t first = 0;
    for (const ModelEdge& e : graph_.edges) {
      if (e.consumer == id) first = std::max(first, stage_of_[e.producer]);
    }
    for (std::size_t s = first; s < stages_.size(); ++s) {
      stages_[s].push_back(id);
      stage_of_[id] = s;
      place(position + 1);
      stages_[s].pop_back();
    }
  }

  const ModelGraph& graph_;
  const DownsetOptions& options_;
  const std::vector<int> order_;
  std::vector<std::vector<int>> stages_;
  std::map<int, std::size_t> stage_of_;
  double bottleneck_us_ = kInfinity;
};

double brute_force(const ModelGraph& graph, const DownsetOptions& options) {
  double best_us = kInfinity;
  for (int stages = options.at_most ? 1 : options.stages; stages <= options.stages; ++stages) {
    best_us = std::min(best_us, BruteForce(graph, options, stages).bottleneck_us());
  }
  return best_us;
}

// From links that hide all computing to links that cost nothing.
DownsetOptions random_options(int most_stages, Rng& rng) {
  DownsetOptions options;
  options.stages = 1 + static_cast<int>(rng.below(static_cast<std::uint64_t>(most_stages)));
  options.at_most = rng.below(2) == 0;
  if (rng.below(4) > 0) {
    options.bandwidth_bytes_per_s = 1e6 * static_cast<double>(1 << rng.below(6)) / 8.0;
  }
  return options;
}

DownsetSolution solved(const ModelGraph& graph, const DownsetOptions& options) {
  auto result = best_downsets(graph, options);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return std::move(result).value();
}

// The stages hold every node once, no edge leads back, and they cost what the solution says.
void expect_sound(const ModelGraph& graph, const DownsetOptions& options,
                  const DownsetSolution& solution) {
  const auto stages = solution.stages.size();
  ASSERT_LE(stages, static_cast<std::size_t>(options.stages));
  ASSERT_TRUE(options.at_most || stages == static_cast<std::size_t>(options.stages));
  std::map<int, std::size_t> stage_of;
  std::vector<std::vector<int>> lists;
  for (std::size_t s = 0; s < stages; ++s) {
    ASSERT_FALSE(solution.stages[s].nodes.empty());
    ASSERT_TRUE(std::is_sorted(solution.stages[s].nodes.begin(), solution.stages[s].nodes.end()));
    lists.push_back(solution.stages[s].nodes);
    for (const int id : lists.back()) ASSERT_TRUE(stage_of.emplace(id, s).second);
  }
  ASSERT_EQ(stage_of.size(), graph.nodes.size());
  for (const ModelEdge& e : graph.edges) {
    ASSERT_LE(stage_of.at(e.producer), stage_of.at(e.consumer));
  }
  ASSERT_DOUBLE_EQ(solution.bottleneck_us, bottleneck_of(graph, lists, options));
  ASSERT_EQ(solution.lower_bound_us, solution.bottleneck_us);
}

TEST(DownsetsRandom, EqualsBruteForce) {
  Rng rng(1, "downsets");
  int infeasible = 0;
  for (int i = 0; i < kProblems; ++i) {
    const ModelGraph graph =
        random_graph(1 + static_cast<int>(rng.below(7)), rng.uniform(0.0, 0.8), rng);
    const DownsetOptions options = random_options(4, rng);
    const double expected_us = brute_force(graph, options);
    const DownsetSolution solution = solved(graph, options);
    ASSERT_EQ(solution.feasible, expected_us < kInfinity) << "problem " << i;
    if (!solution.feasible) {
      ++infeasible;
      continue;
    }
    ASSERT_EQ(solution.bottleneck_us, expected_us) << "problem " << i;
    expect_sound(graph, options, solution);
  }
  EXPECT_GT(infeasible, kProblems / 100);
}

TEST(DownsetsRandom, TheLayeredGraphEqualsBruteForce) {
  Rng rng(2, "layered");
  for (int i = 0; i < 2000; ++i) {
    const ModelGraph graph =
        random_graph(1 + static_cast<int>(rng.below(6)), rng.uniform(0.2, 0.8), rng);
    const DownsetOptions options = random_options(4, rng);
    ASSERT_EQ(layered_graph_bottleneck(graph, options).value_or(kInfinity),
              brute_force(graph, options))
        << "problem " << i;
  }
}

TEST(DownsetsRandom, EqualsTheLayeredGraphOnLargerGraphs) {
  Rng rng(3, "larger");
  for (int i = 0; i < 60; ++i) {
    const ModelGraph graph =
        i % 2 == 0 ? random_graph(14, 0.35, rng) : branching_net(16, {1, 3, 2}, rng);
    DownsetOptions options = random_options(6, rng);
    if (i % 2 != 0 && options.bandwidth_bytes_per_s) *options.bandwidth_bytes_per_s *= 1e4;
    const auto expected_us = layered_graph_bottleneck(graph, options);
    const DownsetSolution solution = solved(graph, options);
    ASSERT_TRUE(expected_us.has_value());
    ASSERT_DOUBLE_EQ(solution.bottleneck_us, *expected_us) << "problem " << i;
    expect_sound(graph, options, solution);
  }
}

// Fractions that round in every sum, where equal plans can differ in the last bits.
TEST(DownsetsRandom, EqualsBruteForceWithinRoundingForAnyNumbers) {
  Rng rng(4, "fractions");
  for (int i = 0; i < 5000; ++i) {
    ModelGraph graph = random_graph(1 + static_cast<int>(rng.below(7)), 0.4, rng);
    for (ModelNode& node : graph.nodes) {
      node.forward_us *= rng.uniform();
      node.activation_bytes *= rng.uniform();
    }
    const DownsetOptions options = random_options(4, rng);
    const double expected_us = brute_force(graph, options);
    const DownsetSolution solution = solved(graph, options);
    if (!solution.feasible) continue;
    ASSERT_NEAR(solution.bottleneck_us, expected_us, 1e-12 * expected_us) << "problem " << i;
  }
}

TEST(DownsetsRandom, MoreBandwidthOrStagesNeverHarm) {
  Rng rng(5, "monotone");
  for (int i = 0; i < 300; ++i) {
    const ModelGraph graph = random_graph(10, 0.4, rng);
    DownsetOptions options;
    options.at_most = true;
    double of_fewer_stages = kInfinity;
    for (options.stages = 1; options.stages <= 12; options.stages += 1) {
      double of_less_bandwidth = kInfinity;
      for (const double bandwidth : {1e5, 3e5, 1e6, 1e7, 1e12}) {
        options.bandwidth_bytes_per_s = bandwidth;
        const double us = solved(graph, options).bottleneck_us;
        ASSERT_LE(us, of_less_bandwidth);
        of_less_bandwidth = us;
      }
      options.bandwidth_bytes_per_s.reset();
      const double us = solved(graph, options).bottleneck_us;
      ASSERT_LE(us, of_less_bandwidth);
      ASSERT_LE(us, of_fewer_stages);
      of_fewer_stages = us;
    }
  }
}

TEST(DownsetsRandom, ScalingTimesAndSlowingLinksScalesTheAnswer) {
  Rng rng(6, "scale");
  for (int i = 0; i < 500; ++i) {
    ModelGraph graph = random_graph(9, 0.4, rng);
    DownsetOptions options = random_options(4, rng);
    const double us = solved(graph, options).bottleneck_us;
    for (ModelNode& node : graph.nodes) {
      node.forward_us *= 8.0;
      node.backward_us *= 8.0;
    }
    if (options.bandwidth_bytes_per_s) *options.bandwidth_bytes_per_s /= 8.0;
    ASSERT_EQ(solved(graph, options).bottleneck_us, 8.0 * us);
  }
}

// It leaves fewer partitions, and none of them sends less.
TEST(DownsetsRandom, OneMoreEdgeNeverHelps) {
  Rng rng(7, "edges");
  for (int i = 0; i < 500; ++i) {
    ModelGraph graph = random_graph(9, 0.3, rng);
    const DownsetOptions options = random_options(4, rng);
    const double us = solved(graph, options).bottleneck_us;
    const std::vector<int> order = kahn_order(graph);
    graph.edges.push_back({order[rng.below(4)], order[4 + rng.below(5)]});
    ASSERT_GE(solved(graph, options).bottleneck_us, us);
  }
}

}  // namespace
}  // namespace acceptlab::partition
