// What TorchStage costs on top of LibTorch: one stage that trains a whole model, operation by
// operation, against the same training written plainly with torch::nn and torch::optim::SGD.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <algorithm>
#include <vector>

#include "runtime/base/rng.h"
#include "runtime/torch/cpu_timer.h"
#include "runtime/torch/replica.h"
#include "runtime/torch/setup.h"
#include "runtime/torch/stage.h"

namespace acceptlab::torch_stage {
namespace {

constexpr double kLearningRate = 0.01;

struct Batch {
  std::vector<std::uint8_t> images;
  std::vector<std::uint8_t> labels;
};

Batch random_batch(const InputFormat& format, int samples) {
  Rng rng(1, "bench");
  Batch batch;
  batch.images.resize(
      static_cast<std::size_t>(samples * format.channels * format.height * format.width));
  for (std::uint8_t& value : batch.images) value = static_cast<std::uint8_t>(rng.below(256));
  for (int s = 0; s < samples; ++s) batch.labels.push_back(static_cast<std::uint8_t>(s % 10));
  return batch;
}

TorchStageOptions stage_options(const char* name) {
  TorchStageOptions options;
  options.model.name = name;
  const Model model = make_model(options.model);
  options.units = {0, model.unit_count()};
  options.input.mean = {0.2860};
  options.input.deviation = {0.3530};
  options.sgd = {0.9, 5e-4};
  return options;
}

// The training loop of a LibTorch tutorial, with the stage's transform of the samples.
class PlainLoop {
 public:
  explicit PlainLoop(const TorchStageOptions& options)
      : options_(options),
        model_(make_model(options.model)),
        network_(build_network(model_, options.seed)),
        sgd_(network_->parameters(), torch::optim::SGDOptions(kLearningRate)
                                         .momentum(options.sgd.momentum)
                                         .weight_decay(options.sgd.weight_decay)) {}

  double train(const Batch& batch) {
    const int samples = static_cast<int>(batch.labels.size());
    const torch::Tensor x = to_model_input(batch.images, samples, options_.input, model_.input);
    const torch::Tensor labels =
        torch::from_blob(const_cast<std::uint8_t*>(batch.labels.data()), {samples}, torch::kUInt8)
            .to(torch::kInt64);
    sgd_.zero_grad();
    const torch::Tensor logits = network_->forward(x);
    const torch::Tensor loss = torch::nn::functional::cross_entropy(logits, labels);
    loss.backward();
    sgd_.step();
    correct_ += logits.detach().argmax(1).eq(labels).sum().item<std::int64_t>();
    return loss.item<double>() * samples;
  }

 private:
  static torch::nn::Sequential build_network(const Model& model, std::uint64_t seed) {
    torch::nn::Sequential network;
    for (int u = 0; u < model.unit_count(); ++u) network->extend(*build_unit(model, u, seed));
    return network;
  }

  TorchStageOptions options_;
  Model model_;
  torch::nn::Sequential network_;
  torch::optim::SGD sgd_;
  std::int64_t correct_ = 0;
};

// The operations of a schedule with one stage and one micro-batch.
class StageLoop {
 public:
  explicit StageLoop(const TorchStageOptions& options) : stage_(make_torch_stage(options)) {}

  double train(const Batch& batch) {
    Op op;
    op.kind = OpKind::kForward;
    op.key.batch = static_cast<std::int32_t>(updates_);
    op.samples = op.mini_batch_samples = static_cast<int>(batch.labels.size());
    op.version = updates_;
    op.learning_rate = kLearningRate;
    op.input = Payload::of(batch.images);
    op.labels = Payload::of(batch.labels);
    const OpResult result = stage_->perform(op);
    op.kind = OpKind::kBackward;
    stage_->perform(op);
    op.kind = OpKind::kUpdate;
    stage_->perform(op);
    ++updates_;
    return result.score->loss_sum;
  }

 private:
  std::unique_ptr<TorchStage> stage_;
  std::int64_t updates_ = 0;
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Processor milliseconds of one batch in each loop, taken in turns so that both meet the same
// machine; which goes first alternates.
class Duel {
 public:
  Duel(const TorchStageOptions& options, int samples)
      : plain_(options), stage_(options), batch_(random_batch(options.input, samples)) {}

  // Returns whether the losses agree bit for bit.
  bool round() {
    const bool stage_first = rounds_++ % 2 == 0;
    double stage_loss = stage_first ? time_stage() : 0.0;
    const double plain_loss = time_plain();
    if (!stage_first) stage_loss = time_stage();
    return stage_loss == plain_loss;
  }
  void forget() { plain_ms_.clear(), stage_ms_.clear(); }
  double last_stage_seconds() const { return stage_ms_.back() * 1e-3; }

  void report(benchmark::State& state) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < plain_ms_.size(); ++i) {
      ratios.push_back(stage_ms_[i] / plain_ms_[i]);
    }
    state.counters["plain_ms"] = median(plain_ms_);
    state.counters["stage_ms"] = median(stage_ms_);
    state.counters["ratio"] = median(ratios);
  }

 private:
  double time_plain() {
    CpuTimer timer;
    const double loss = plain_.train(batch_);
    plain_ms_.push_back(to_milliseconds(timer.lap()));
    return loss;
  }
  double time_stage() {
    CpuTimer timer;
    const double loss = stage_.train(batch_);
    stage_ms_.push_back(to_milliseconds(timer.lap()));
    return loss;
  }

  PlainLoop plain_;
  StageLoop stage_;
  Batch batch_;
  int rounds_ = 0;
  std::vector<double> plain_ms_;
  std::vector<double> stage_ms_;
};

void BM_StageAgainstPlainLoop(benchmark::State& state, const char* model) {
  initialise_torch(1);
  Duel duel(stage_options(model), static_cast<int>(state.range(0)));
  for (int warmup = 0; warmup < 3; ++warmup) {
    if (!duel.round()) return state.SkipWithError("the two loops compute different losses");
  }
  duel.forget();
  for (auto _ : state) {
    if (!duel.round()) return state.SkipWithError("the two loops compute different losses");
    state.SetIterationTime(duel.last_stage_seconds());
  }
  duel.report(state);
}

void configure(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("batch")->UseManualTime()->Unit(benchmark::kMillisecond);
  benchmark->Repetitions(3)->ReportAggregatesOnly();
}

BENCHMARK_CAPTURE(BM_StageAgainstPlainLoop, cnn, "cnn")->Apply(configure)->Arg(32)->Iterations(300);
BENCHMARK_CAPTURE(BM_StageAgainstPlainLoop, mobilenetv2, "mobilenetv2")
    ->Apply(configure)
    ->Arg(8)
    ->Iterations(20);
BENCHMARK_CAPTURE(BM_StageAgainstPlainLoop, resnet18, "resnet18")
    ->Apply(configure)
    ->Arg(8)
    ->Iterations(10);

}  // namespace
}  // namespace acceptlab::torch_stage

BENCHMARK_MAIN();
