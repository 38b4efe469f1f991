#include "bench/compression/cases.h"

#include <benchmark/benchmark.h>

#include "bench/compression/inputs.h"
#include "bench/compression/peers/peer.h"
#include "bench/compression/sides.h"

namespace acceptlab::codec_bench {

namespace {

constexpr std::size_t kAllSizes[] = {kL1Values, kL2Values, kHotValues, kColdValues};
constexpr const char* kOurCodecs[] = {
    "none",        "fp16",       "uniform4",  "suq1",        "suq2",        "suq3",
    "suq4",        "suq5",       "suq6",      "suq7",        "suq8",        "suq4-relu6",
    "suq4-clip",   "suq4-zeros", "suq4-zstd", "mbq1-greedy", "mbq2-greedy", "mbq4-greedy",
    "mbq8-greedy", "mbq1",       "mbq2",      "mbq4",        "mbq8",        "mbq4-alternating3"};

void time_side(benchmark::State& state, const Side& side, std::size_t values,
               const std::string& label) {
  for (auto _ : state) side.work();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(values * sizeof(float)));
  state.SetLabel(label);
  if (side.factor) state.counters["factor"] = *side.factor;
  if (side.snr_db) state.counters["snr_db"] = *side.snr_db;
}

void configure(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMicrosecond)->MinTime(0.05);
  benchmark->Repetitions(5)->ReportAggregatesOnly();
}

void register_memory(const std::string& work, std::size_t values, const std::string& label) {
  const std::string name = "BM_Memory/" + work + "/" + size_name(values);
  configure(benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    time_side(state, memory_side(work, values), values, label);
  }));
}

void register_coder(const std::string& coder, Data data, std::size_t values,
                    const std::string& label) {
  if (!takes(coder, data)) return;
  for (const Operation operation : {Operation::kEncode, Operation::kDecode}) {
    const std::string name =
        std::string(operation == Operation::kEncode ? "BM_Encode/" : "BM_Decode/") + coder + "/" +
        to_string(data) + "/" + size_name(values);
    configure(benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
      const Result<Side> side = coder_side(coder, operation, data, values);
      if (!side) return state.SkipWithError(side.error().message.c_str());
      time_side(state, side.value(), values, label);
    }));
  }
}

}  // namespace

void register_cases(const std::string& simd_target) {
  for (const std::size_t values : kAllSizes) {
    for (const char* work : kMemoryWorks) register_memory(work, values, simd_target);
  }
  for (const char* codec : kOurCodecs) {
    for (const std::size_t values : kAllSizes) {
      register_coder(codec, Data::kActivations, values, simd_target);
    }
    register_coder(codec, Data::kGradients, kHotValues, simd_target);
  }
  for (const Peer& peer : peers()) {
    register_coder(peer.name, Data::kActivations, kHotValues, "");
    register_coder(peer.name, Data::kActivations, kColdValues, "");
    register_coder(peer.name, Data::kGradients, kHotValues, "");
  }
}

}  // namespace acceptlab::codec_bench
