#include <benchmark/benchmark.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "partition/dag/downsets.h"
#include "partition/dag/layered_graph.h"
#include "partition/dag/linearize.h"
#include "partition/dag/pipedream_profile.h"
#include "tests/partition/dag/model_graphs.h"

// The search over downsets, from graph to plan: contraction, enumeration and search.
//
//   build/bench/bench/partition/dag/dag_bench
namespace acceptlab::partition {
namespace {

// Times a search; "downsets" is what it looked at.
void time_search(benchmark::State& state, const ModelGraph& graph, const DownsetOptions& options) {
  std::size_t downsets = 0;
  for (auto _ : state) {
    const auto solution = best_downsets(graph, options);
    if (!solution.ok()) {
      state.SkipWithError(solution.error().message.c_str());
      return;
    }
    downsets = solution.value().downset_count;
  }
  state.counters["nodes"] = static_cast<double>(graph.nodes.size());
  state.counters["downsets"] = static_cast<double>(downsets);
}

// No timing of what is wrong: a graph of the kind, small enough for the independent solver.
bool is_right(benchmark::State& state, const ModelGraph& small, const DownsetOptions& options) {
  const auto solution = best_downsets(small, options);
  const auto expected_us = layered_graph_bottleneck(small, options);
  if (solution.ok() && expected_us &&
      std::abs(solution.value().bottleneck_us - *expected_us) <= 1e-9 * *expected_us) {
    return true;
  }
  state.SkipWithError("differs from the layered graph");
  return false;
}

// Arguments: stages; bandwidth in MB/s, 0 for links that cost nothing.
DownsetOptions options_of(const benchmark::State& state) {
  DownsetOptions options;
  options.stages = static_cast<int>(state.range(0));
  if (state.range(1) > 0) {
    options.bandwidth_bytes_per_s = 1e6 * static_cast<double>(state.range(1));
  }
  return options;
}

void BM_ResidualNet400(benchmark::State& state) {
  Rng rng(1, "residual");
  const DownsetOptions options = options_of(state);
  if (!is_right(state, residual_net(40, rng), options)) return;
  time_search(state, residual_net(400, rng), options);
}

// As in Inception: four branches.
void BM_BranchingNet400(benchmark::State& state) {
  Rng rng(1, "branching");
  const DownsetOptions options = options_of(state);
  if (!is_right(state, branching_net(24, {1, 2, 3, 2}, rng), options)) return;
  time_search(state, branching_net(400, {3, 6, 9, 4}, rng), options);
}

// Close to the limit on downsets.
void BM_WideNet400(benchmark::State& state) {
  Rng rng(1, "wide");
  time_search(state, branching_net(400, {9, 9, 9, 9, 9}, rng), options_of(state));
}

// Query, key and value; two branches of another layer.
void BM_AttentionNet400(benchmark::State& state) {
  Rng rng(1, "attention");
  const DownsetOptions options = options_of(state);
  if (!is_right(state, branching_net(24, {2, 2, 2}, rng), options)) return;
  time_search(state, branching_net(400, {2, 2, 2}, rng), options);
}

void BM_Pipedream(benchmark::State& state, const std::string& name) {
  const auto folder = pipedream_folder();
  if (!folder) {
    state.SkipWithError("no PipeDream profiles beside the repository");
    return;
  }
  const auto graph = read_pipedream_profile(*folder + "/" + name + ".txt");
  if (!graph.ok()) {
    state.SkipWithError(graph.error().message.c_str());
    return;
  }
  time_search(state, graph.value(), options_of(state));
}

void BM_ReadAndLinearize(benchmark::State& state) {
  const auto folder = pipedream_folder();
  if (!folder) {
    state.SkipWithError("no PipeDream profiles beside the repository");
    return;
  }
  for (auto _ : state) {
    const auto graph = read_pipedream_profile(*folder + "/resnet50.txt");
    benchmark::DoNotOptimize(chain_in_order(graph.value(), kahn_order(graph.value())));
  }
}

void stages_and_speeds(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"stages", "MB_per_s"})->Unit(benchmark::kMillisecond);
  for (const int stages : {4, 16}) {
    for (const int speed : {0, 125, 1250}) bench->Args({stages, speed});
  }
}

BENCHMARK(BM_ResidualNet400)->Apply(stages_and_speeds);
BENCHMARK(BM_AttentionNet400)->Apply(stages_and_speeds);
BENCHMARK(BM_BranchingNet400)->Apply(stages_and_speeds);
BENCHMARK(BM_WideNet400)->Apply(stages_and_speeds);
BENCHMARK_CAPTURE(BM_Pipedream, gnmt, "gnmt")->Apply(stages_and_speeds);
BENCHMARK_CAPTURE(BM_Pipedream, resnet50, "resnet50")->Apply(stages_and_speeds);
BENCHMARK_CAPTURE(BM_Pipedream, vgg16, "vgg16")->Apply(stages_and_speeds);
BENCHMARK(BM_ReadAndLinearize)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace acceptlab::partition

BENCHMARK_MAIN();
