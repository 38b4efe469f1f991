// Free order of devices: exact over sets of devices, and a plan with a bound where they are many.

#include <benchmark/benchmark.h>

#include "bench/partition/instances.h"
#include "partition/solve.h"

namespace acceptlab::partition {
namespace {

constexpr int kInstances = 4;

// Problems of 48 units and devices of unequal times, memory and bandwidth.
void BM_FreeOrder(benchmark::State& state) {
  Rng rng(1, "free_bench");
  std::vector<Problem> problems;
  for (int i = 0; i < kInstances; ++i) {
    problems.push_back(heterogeneous(48, static_cast<int>(state.range(0)), Mode::kFree, rng));
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const Result<Solution> solved = solve(problems[i++ % problems.size()]);
    if (!solved.value().is_optimal) return state.SkipWithError("not proven optimal");
  }
}
BENCHMARK(BM_FreeOrder)->Arg(8)->Arg(12)->Arg(16)->Arg(20)->Unit(benchmark::kMillisecond);

// Sixteen devices of four types.
void BM_FreeOrderTypes(benchmark::State& state) {
  Rng rng(2, "free_bench");
  std::vector<Problem> problems;
  for (int i = 0; i < kInstances; ++i) {
    Problem problem = heterogeneous(48, 4, Mode::kFree, rng);
    const std::vector<Device> types = problem.devices;
    for (int copy = 1; copy < 4; ++copy) {
      problem.devices.insert(problem.devices.end(), types.begin(), types.end());
    }
    problems.push_back(problem);
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const Result<Solution> solved = solve(problems[i++ % problems.size()]);
    if (!solved.value().is_optimal) return state.SkipWithError("not proven optimal");
  }
}
BENCHMARK(BM_FreeOrderTypes)->Unit(benchmark::kMillisecond);

// 256 devices slower by 1 to 4, on equal links. gap: how far above the proven bound, in percent.
void BM_ManyDevices(benchmark::State& state) {
  Rng rng(3, "free_bench");
  std::vector<Problem> problems;
  for (int i = 0; i < kInstances; ++i) {
    problems.push_back(equal_links(static_cast<int>(state.range(0)), 256, Mode::kFree, rng));
  }
  std::size_t i = 0;
  double worst = 0.0;
  for (auto _ : state) {
    const Result<Solution> solved = solve(problems[i++ % problems.size()]);
    const Solution& s = solved.value();
    worst = std::max(worst, 100.0 * (s.cost.objective_us / s.lower_bound_us - 1.0));
  }
  state.counters["gap_percent"] = worst;
}
BENCHMARK(BM_ManyDevices)->Arg(1250)->Arg(2500)->Arg(5000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace acceptlab::partition

BENCHMARK_MAIN();
