// What the dual-stream network costs on one core: an online update, all sub-models of one device,
// and pre-training, for 20 units and 28 devices known.

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <vector>

#include "predictor/network/dual_stream.h"
#include "predictor/probes.h"
#include "tests/predictor/synthetic_devices.h"

namespace acceptlab::predictor {
namespace {

constexpr int kUnits = 20;
constexpr int kDevices = 28;

std::vector<double> milliseconds(const StageTime& time) {
  return {to_milliseconds(time.forward), to_milliseconds(time.backward)};
}

// Every sub-model of some devices, as the paper's network sees them.
struct Rows {
  std::vector<NetworkRow> rows;
  std::vector<std::vector<double>> times_ms;

  void add(const SyntheticDevice& device) {
    std::vector<double> hardware;
    for (const TimedSubModel& probe : device.timed(fixed_probes(kUnits))) {
      for (const double ms : milliseconds(probe.time)) hardware.push_back(ms);
    }
    for (const TimedSubModel& t : device.timed(all_sub_models(kUnits))) {
      NetworkRow row;
      for (int u = t.units.begin; u < t.units.end; ++u) row.structure.push_back(u);
      row.hardware = hardware;
      row.base_ms = {1.0, 1.0};
      rows.push_back(row);
      times_ms.push_back(milliseconds(t.time));
    }
  }
};

DualStreamNetwork trained() {
  Rows all;
  for (const SyntheticDevice& device : synthetic_devices(kUnits, kDevices)) all.add(device);
  NetworkOptions options;
  options.features = kUnits;
  options.hardware_values = static_cast<int>(all.rows.front().hardware.size());
  options.outputs = 2;
  return DualStreamNetwork::train(options, all.rows, all.times_ms);
}

DualStreamNetwork& shared() {
  static DualStreamNetwork network = trained();
  return network;
}

Rows new_device() {
  Rows rows;
  rows.add(synthetic_device(kUnits, 100));
  return rows;
}

void BM_NetworkUpdate(benchmark::State& state) {
  DualStreamNetwork& network = shared();
  const Rows device = new_device();
  std::size_t next = 0;
  for (auto _ : state) {
    network.adapt(device.rows[next], device.times_ms[next]);
    next = (next + 1) % device.rows.size();
  }
}
BENCHMARK(BM_NetworkUpdate)->Unit(benchmark::kMillisecond);

void BM_NetworkPredictAll(benchmark::State& state) {
  const DualStreamNetwork& network = shared();
  const Rows device = new_device();
  for (auto _ : state) benchmark::DoNotOptimize(network.predict(device.rows));
}
BENCHMARK(BM_NetworkPredictAll)->Unit(benchmark::kMillisecond);

void BM_NetworkTrain(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(trained());
}
BENCHMARK(BM_NetworkTrain)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace acceptlab::predictor

int main(int argc, char** argv) {
  at::set_num_threads(1);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
