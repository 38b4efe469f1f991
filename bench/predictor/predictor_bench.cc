// What predictions, online updates and pre-training of the closed form cost, for a model of 64
// units and 28 devices known.

#include <benchmark/benchmark.h>

#include "predictor/probes.h"
#include "predictor/sub_model_predictor.h"
#include "tests/predictor/synthetic_devices.h"

namespace acceptlab::predictor {
namespace {

constexpr int kDevices = 28;

SubModelPredictor new_device(int units) {
  const AdditivePrior prior = prior_from(synthetic_devices(units, kDevices), units);
  return {prior, units, synthetic_device(units, 100).timed(fixed_probes(units))};
}

// Every sub-model of one device: units * (units + 1) / 2 predictions.
void BM_PredictAll(benchmark::State& state) {
  const int units = static_cast<int>(state.range(0));
  const SubModelPredictor predictor = new_device(units);
  const std::vector<UnitRange> ranges = all_sub_models(units);
  for (auto _ : state) {
    for (const UnitRange range : ranges) benchmark::DoNotOptimize(predictor.time(range));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(ranges.size()));
}
BENCHMARK(BM_PredictAll)->ArgName("units")->Arg(20)->Arg(64)->Unit(benchmark::kMicrosecond);

void BM_OnlineUpdate(benchmark::State& state) {
  const int units = static_cast<int>(state.range(0));
  SubModelPredictor predictor = new_device(units);
  const TimedSubModel stage = synthetic_device(units, 100).timed({{3, units / 2}})[0];
  for (auto _ : state) benchmark::DoNotOptimize(predictor.observe(stage));
}
BENCHMARK(BM_OnlineUpdate)->ArgName("units")->Arg(20)->Arg(64)->Unit(benchmark::kMicrosecond);

void BM_Train(benchmark::State& state) {
  const int units = static_cast<int>(state.range(0));
  const std::vector<SyntheticDevice> devices = synthetic_devices(units, kDevices);
  for (auto _ : state) benchmark::DoNotOptimize(prior_from(devices, units));
}
BENCHMARK(BM_Train)->ArgName("units")->Arg(20)->Arg(64)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace acceptlab::predictor

BENCHMARK_MAIN();
