// Simulated bytes per processor second: ns-3 alone, the packet network, the message network.

#include <benchmark/benchmark.h>

#include <cmath>

#include "bench/sim/bare_ns3.h"
#include "bench/sim/network_case.h"

namespace acceptlab::sim {
namespace {

constexpr int kMessages = 10;

NetworkCase case_of(const benchmark::State& state) {
  NetworkCase c;
  c.rate = BitsPerSecond(state.range(0) * 1'000'000);
  c.round_trip = std::chrono::milliseconds(state.range(1));
  c.size = Bytes(state.range(2));
  c.messages = kMessages;
  return c;
}

void count(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * kMessages * state.range(2));
  state.SetItemsProcessed(state.iterations() * kMessages);
}

void BM_BareNs3(benchmark::State& state) {
  const NetworkCase c = case_of(state);
  for (auto _ : state) run_bare_ns3(c);
  count(state);
}

void BM_PacketNetwork(benchmark::State& state) {
  const NetworkCase c = case_of(state);
  for (auto _ : state) benchmark::DoNotOptimize(run_case(c, Model::kPacket));
  count(state);
}

// Compared with the packet network before it is timed.
void BM_MessageNetwork(benchmark::State& state) {
  const NetworkCase c = case_of(state);
  const double packet = to_seconds(run_case(c, Model::kPacket).back());
  const double message = to_seconds(run_case(c, Model::kMessage).back());
  if (std::abs(message / packet - 1.0) > 0.01) {
    state.SkipWithError("the message network is more than 1 % from the packet network");
    return;
  }
  for (auto _ : state) benchmark::DoNotOptimize(run_case(c, Model::kMessage));
  count(state);
}

void cases(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"mbps", "rtt_ms", "bytes"});
  for (const int mbps : {10, 100}) {
    for (const int size : {100'000, 4'000'000}) bench->Args({mbps, 4, size});
  }
  bench->Unit(benchmark::kMillisecond);
}

BENCHMARK(BM_BareNs3)->Apply(cases);
BENCHMARK(BM_PacketNetwork)->Apply(cases);
BENCHMARK(BM_MessageNetwork)->Apply(cases);

}  // namespace
}  // namespace acceptlab::sim
