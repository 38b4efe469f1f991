// Writes made-up results for trying out the plots: FOLDER/run, a run, and FOLDER/sweep, a sweep of
// five methods over ten bandwidths. Every file says that its data is synthetic.

#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "results/run_recorder.h"
#include "results/sweep_csv.h"
#include "tests/results/sample_pipeline.h"

namespace acceptlab::results {
namespace {

using namespace acceptlab::literals;

// Shares of a batch's work per stage, and the codec's ratio and cost.
struct Method {
  const char* name;
  std::vector<int> shares;  // per cent of single-device time, on devices of speed 1, 1/2, 1/4
  int ratio;
  double final_accuracy;
};

constexpr Bytes kActivation{2'000'000};
constexpr Duration kSingle = 400ms;

SamplePipeline pipeline_of(const Method& method, BitsPerSecond bandwidth) {
  SamplePipeline p;
  int slowdown = 1;
  for (const int share : method.shares) {
    OpCost cost;
    cost.forward = kSingle * share * slowdown / 300;
    cost.backward = 2 * cost.forward;
    cost.update = 2ms;
    if (method.ratio > 1) cost.encode = cost.decode = 3ms;
    p.stages.push_back(cost);
    slowdown *= 2;
  }
  p.activation_bytes = Bytes(kActivation.count() / method.ratio);
  p.gradient_bytes = method.ratio > 1 ? p.activation_bytes * 2 : p.activation_bytes;
  p.activation = p.activation_bytes / bandwidth + 1ms;
  p.gradient = p.gradient_bytes / bandwidth + 1ms;
  p.batches = 24;
  p.epochs = 6;
  p.evaluation = 900ms;
  p.final_accuracy = method.final_accuracy;
  p.final_loss = 0.35 + (90.0 - method.final_accuracy) / 40.0;
  return p;
}

RunSummary write_run(const std::filesystem::path& path, const Method& method,
                     BitsPerSecond bandwidth) {
  const SamplePipeline pipeline = pipeline_of(method, bandwidth);
  RunDescription description = describe_sample(pipeline);
  description.method = method.name;
  description.bandwidth_mbit_s = to_megabits_per_second(bandwidth);
  RunRecorder recorder(RunFolder::create(path).value(), std::move(description));
  RunEnd end;
  end.links = run_sample(pipeline, recorder);
  end.single_device = kSingle + 2ms;
  return recorder.finish(end).value();
}

void write_all(const std::filesystem::path& folder) {
  const std::vector<Method> methods{{"single", {100}, 1, 89.5},
                                    {"even", {34, 33, 33}, 1, 89.0},
                                    {"pipedream", {40, 32, 28}, 1, 88.6},
                                    {"ftpipehd", {57, 29, 14}, 1, 88.8},
                                    {"ftpipehd+codec", {57, 29, 14}, 6, 88.1}};
  write_run(folder / "run", methods.back(), 50_Mbps);
  std::vector<SweepRow> rows;
  for (const Method& method : methods) {
    for (const int mbit_s : {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}) {
      SweepRow row;
      row.index = static_cast<int>(rows.size());
      row.run = "points/" + std::to_string(row.index);
      row.values = {{"method", method.name}, {"network.bandwidth_mbit_s", std::to_string(mbit_s)}};
      row.summary = write_run(folder / "sweep" / row.run, method, from_megabits_per_second(mbit_s));
      rows.push_back(std::move(row));
    }
  }
  (void)write_sweep(folder / "sweep", rows).value();
}

}  // namespace
}  // namespace acceptlab::results

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 1;
  }
  acceptlab::results::write_all(argv[1]);
  return 0;
}
