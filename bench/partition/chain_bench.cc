// Fixed order of devices: parametric search, and the plain dynamic program beside it.

#include <benchmark/benchmark.h>

#include "bench/partition/instances.h"
#include "partition/bottleneck_program.h"
#include "partition/evaluate.h"
#include "partition/parametric_search.h"

namespace acceptlab::partition {
namespace {

constexpr int kInstances = 32;
constexpr int kDevices = 16;

using MakeProblem = Problem (*)(int, int, Mode, Rng&);
using Solver = Placements (*)(const Costs&, const DeviceOrder&);

Placements plain_chain(const Costs& costs, const DeviceOrder& order) {
  return least_bottleneck(costs, StateSpace::of_order(costs, order));
}

// From a checked problem to a plan, the preparation of costs included; one of many instances a
// turn, so that no branch predictor learns an instance by heart.
void solve_instances(benchmark::State& state, MakeProblem make, Mode mode, Solver solver) {
  Rng rng(1, "chain_bench");
  std::vector<Problem> problems;
  for (int i = 0; i < kInstances; ++i) {
    problems.push_back(make(static_cast<int>(state.range(0)), kDevices, mode, rng));
    const Costs costs(problems.back());
    const DeviceOrder order = order_of(problems.back());
    const Placements plan = solver(costs, order);
    const Placements expected = plain_chain(costs, order);
    if (plan.has_value() != expected.has_value() ||
        (plan &&
         evaluate(costs, *plan).bottleneck_us != evaluate(costs, *expected).bottleneck_us)) {
      return state.SkipWithError("the plan differs from the dynamic program's");
    }
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const Problem& problem = problems[i++ % problems.size()];
    const Costs costs(problem);
    benchmark::DoNotOptimize(solver(costs, order_of(problem)));
  }
}

void plain_program(benchmark::State& state, MakeProblem make, Mode mode) {
  solve_instances(state, make, mode, plain_chain);
}
void parametric(benchmark::State& state, MakeProblem make, Mode mode) {
  solve_instances(state, make, mode, search_chain);
}

#define ACCEPTLAB_CHAIN_BENCHMARKS(name, make, mode) \
  BENCHMARK_CAPTURE(parametric, name, make, mode)    \
      ->Arg(48)                                      \
      ->Arg(350)                                     \
      ->Arg(1250)                                    \
      ->Unit(benchmark::kMicrosecond);               \
  BENCHMARK_CAPTURE(plain_program, name, make, mode) \
      ->Arg(48)                                      \
      ->Arg(350)                                     \
      ->Arg(1250)                                    \
      ->Unit(benchmark::kMicrosecond)

ACCEPTLAB_CHAIN_BENCHMARKS(equal_links_all, equal_links, Mode::kFixedAll);
ACCEPTLAB_CHAIN_BENCHMARKS(equal_links_skip, equal_links, Mode::kFixedSkip);
ACCEPTLAB_CHAIN_BENCHMARKS(heterogeneous_all, heterogeneous, Mode::kFixedAll);
ACCEPTLAB_CHAIN_BENCHMARKS(heterogeneous_skip, heterogeneous, Mode::kFixedSkip);

}  // namespace
}  // namespace acceptlab::partition

BENCHMARK_MAIN();
