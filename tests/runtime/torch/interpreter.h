#pragma once

// A training of mini-batches written as a plain loop, which knows no machine, no frame and no
// network; and the experiments that it is compared with.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/rng.h"
#include "runtime/plan_in_force.h"
#include "runtime/ports/batch_source.h"
#include "runtime/torch/input_format.h"
#include "runtime/torch/model.h"
#include "runtime/torch/stage.h"
#include "tests/fakes/fake_world.h"

namespace acceptlab::interpreted {

using torch_stage::ModelOptions;
using torch_stage::TensorRole;
using torch_stage::TensorState;
using torch_stage::TorchStage;
using torch_stage::TorchStageOptions;
using torch_stage::UnitState;

inline constexpr double kLearningRate = 0.05;
inline constexpr double kMomentum = 0.9;
inline constexpr double kWeightDecay = 5e-4;
inline constexpr std::uint64_t kSeed = 7;

inline constexpr fakes::FakeWorld::Delays kWildDelays{Duration(10), Duration(10'000), Duration(0),
                                                      Duration(50'000)};

// Random pictures [n, 1, 28, 28] and labels, the same for every run.
class PictureSource : public BatchSource {
 public:
  explicit PictureSource(const TrainingShape& shape) : shape_(shape) {
    Rng rng(kSeed, "pictures");
    const auto count = static_cast<std::size_t>(shape.train_samples);
    pictures_.resize(count * kPixels);
    for (std::uint8_t& value : pictures_) value = static_cast<std::uint8_t>(rng.below(256));
    for (std::size_t i = 0; i < count; ++i) {
      labels_.push_back(static_cast<std::uint8_t>(rng.below(10)));
    }
  }
  Payload inputs(const BatchKey& key) override { return slice(key, pictures_, kPixels); }
  Payload labels(const BatchKey& key) override { return slice(key, labels_, 1); }

 private:
  static constexpr std::size_t kPixels = 28 * 28;
  Payload slice(const BatchKey& key, const std::vector<std::uint8_t>& all, std::size_t each) const {
    const auto first = static_cast<std::size_t>(shape_.first_sample(key)) * each;
    const auto size = static_cast<std::size_t>(shape_.samples_in_micro(key)) * each;
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return Payload::of({begin, begin + static_cast<std::ptrdiff_t>(size)});
  }
  TrainingShape shape_;
  std::vector<std::uint8_t> pictures_;
  std::vector<std::uint8_t> labels_;
};

struct Experiment {
  ModelOptions model;
  int stages = 1;
  Schedule schedule;
  TrainingShape shape;

  UnitRange units_of(int stage) const {
    const int units = torch_stage::make_model(model).unit_count();
    return {stage * units / stages, (stage + 1) * units / stages};
  }
  // Stage k on device k.
  Plan plan() const {
    Plan plan;
    for (int k = 0; k < stages; ++k) plan.stages.push_back({DeviceId{k}, units_of(k), Duration(0)});
    return plan;
  }
  std::vector<StageConfig> configs() const {
    return stage_configs({0, plan(), {}}, {schedule, shape});
  }
};

inline TorchStageOptions options_of(const Experiment& experiment, const StageConfig& config) {
  TorchStageOptions options;
  options.model = experiment.model;
  options.units = config.units;
  options.stage = config.stage;
  options.slots = config.slots();
  options.policy = experiment.schedule.weights;
  options.sgd = {kMomentum, kWeightDecay};
  options.seed = kSeed;
  return options;
}

inline std::vector<std::unique_ptr<TorchStage>> make_stages(const Experiment& experiment) {
  std::vector<std::unique_ptr<TorchStage>> stages;
  for (const StageConfig& config : experiment.configs()) {
    stages.push_back(torch_stage::make_torch_stage(options_of(experiment, config)));
  }
  return stages;
}

inline std::vector<UnitState> states_of(const std::vector<std::unique_ptr<TorchStage>>& stages) {
  std::vector<UnitState> all;
  for (const auto& stage : stages) {
    for (UnitState& unit : stage->state()) all.push_back(std::move(unit));
  }
  return all;
}

// Names of the tensors of role `role` whose bytes differ.
inline std::vector<std::string> differing(const std::vector<UnitState>& a,
                                          const std::vector<UnitState>& b, TensorRole role) {
  std::vector<std::string> names;
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t u = 0; u < a.size(); ++u) {
    for (std::size_t t = 0; t < a[u].tensors.size(); ++t) {
      const TensorState& x = a[u].tensors[t];
      if (x.role != role || x.bytes == b[u].tensors[t].bytes) continue;
      names.push_back(a[u].name + "." + x.name);
    }
  }
  return names;
}

inline TrainingShape shape_of(std::int64_t samples, int batch, int micro_batches) {
  TrainingShape shape;
  shape.train_samples = samples;
  shape.batch_samples = batch;
  shape.micro_batches = micro_batches;
  return shape;
}

// 1F1B as a plain loop over mini-batches (after PipeDream and FTPipeHD). With n = N - k batches in
// flight, batch i passes stage k with the weights after max(0, i - n + 1) updates; its gradient is
// applied to the newest weights (stash) or to replica i mod n (replicas, averaged every so often).
// Between two cuts everything drains, and each begins like a run.
class ReferenceInterpreter {
 public:
  using Tensors = std::vector<torch::Tensor>;

  ReferenceInterpreter(const Experiment& experiment, const std::vector<UnitState>& initial)
      : experiment_(experiment), model_(torch_stage::make_model(experiment.model)) {
    for (std::size_t u = 0; u < initial.size(); ++u) {
      units_.push_back(model_.units[u].make());
      read_weights(initial[u], units_.back());
      momenta_.push_back(zeros(units_.back()->parameters()));
    }
  }

  // Mini-batches [begin, end) of the epoch.
  void train(const Plan& plan, int begin, int end) {
    make_stages(plan);
    PictureSource source(experiment_.shape);
    for (int i = begin; i < end; ++i) {
      for (Stage& stage : stages_) {
        const int version = std::max(0, i - begin - stage.window + 1);
        const auto replica = static_cast<std::size_t>(i % stage.replicas);
        assign(parameters(stage), stage.history[static_cast<std::size_t>(version)][replica]);
      }
      backpropagate(source, BatchKey{Phase::kTrain, 0, i, 0});
      for (Stage& stage : stages_) update(stage, i, i + 1 == end);
    }
    keep_newest();
  }
  void train() { train(experiment_.plan(), 0, experiment_.shape.batches(Phase::kTrain)); }

  // The states as the run left them, laid out like `like`.
  std::vector<UnitState> result(std::vector<UnitState> like) const {
    for (std::size_t u = 0; u < units_.size(); ++u) write(units_[u], like[u]);
    return like;
  }

 private:
  struct Stage {
    int window = 1;
    int replicas = 1;
    UnitRange range;
    std::vector<torch::nn::Sequential> units;
    std::vector<std::vector<Tensors>> history;  // [updates applied][replica]
    std::vector<Tensors> momenta;               // [replica]
  };

  void make_stages(const Plan& plan) {
    stages_.clear();
    for (int k = 0; k < plan.stage_count(); ++k) {
      Stage stage;
      stage.range = plan.stages[static_cast<std::size_t>(k)].units;
      stage.window = plan.stage_count() - k;
      const bool replicas = experiment_.schedule.weights == WeightPolicy::kReplicas;
      stage.replicas = replicas ? stage.window : 1;
      Tensors momenta;
      for (int u = stage.range.begin; u < stage.range.end; ++u) {
        const auto index = static_cast<std::size_t>(u);
        stage.units.push_back(units_[index]);
        momenta.insert(momenta.end(), momenta_[index].begin(), momenta_[index].end());
      }
      for (int r = 0; r < stage.replicas; ++r) stage.momenta.push_back(clone(momenta));
      stage.history.push_back(
          std::vector<Tensors>(static_cast<std::size_t>(stage.replicas), clone(parameters(stage))));
      stages_.push_back(std::move(stage));
    }
  }

  // Drained: all replicas are alike.
  void keep_newest() {
    for (Stage& stage : stages_) {
      assign(parameters(stage), stage.history.back()[0]);
      auto next = stage.momenta[0].begin();
      for (int u = stage.range.begin; u < stage.range.end; ++u) {
        for (torch::Tensor& momentum : momenta_[static_cast<std::size_t>(u)]) momentum = *next++;
      }
    }
  }

  static Tensors parameters(const Stage& stage) {
    Tensors all;
    for (const torch::nn::Sequential& unit : stage.units) {
      for (const torch::Tensor& parameter : unit->parameters()) all.push_back(parameter);
    }
    return all;
  }
  static Tensors clone(const Tensors& from) {
    Tensors copies;
    for (const torch::Tensor& tensor : from) copies.push_back(tensor.detach().clone());
    return copies;
  }
  static Tensors zeros(const Tensors& like) {
    Tensors all;
    for (const torch::Tensor& tensor : like) all.push_back(torch::zeros_like(tensor));
    return all;
  }
  static void assign(const Tensors& to, const Tensors& from) {
    const torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i].copy_(from[i]);
      to[i].mutable_grad() = torch::Tensor();
    }
  }
  static void read_weights(const UnitState& state, const torch::nn::Sequential& unit) {
    const torch::NoGradGuard no_grad;
    const auto parameters = unit->named_parameters();
    for (const TensorState& saved : state.tensors) {
      if (saved.role != TensorRole::kWeight) continue;
      torch::Tensor target = parameters[saved.name];
      std::memcpy(target.data_ptr(), saved.bytes.data(), saved.bytes.size());
    }
  }
  static void write(const torch::nn::Sequential& unit, UnitState& state) {
    const auto parameters = unit->named_parameters();
    const auto buffers = unit->named_buffers();
    for (TensorState& saved : state.tensors) {
      if (saved.role == TensorRole::kMomentum) continue;
      const torch::Tensor source =
          saved.role == TensorRole::kWeight ? parameters[saved.name] : buffers[saved.name];
      std::memcpy(saved.bytes.data(), source.data_ptr(), saved.bytes.size());
    }
  }

  void backpropagate(PictureSource& source, const BatchKey& key) {
    const int samples = experiment_.shape.samples_in_micro(key);
    const Payload pictures = source.inputs(key);
    const Payload labels = source.labels(key);
    torch::Tensor value = torch_stage::to_model_input(pictures.bytes(), samples,
                                                      torch_stage::InputFormat{}, model_.input);
    for (Stage& stage : stages_) {
      for (torch::nn::Sequential& unit : stage.units) {
        unit->train();
        value = unit->forward(value);
      }
    }
    std::vector<std::int64_t> classes(labels.bytes().begin(), labels.bytes().end());
    torch::nn::functional::cross_entropy(value, torch::tensor(classes)).backward();
  }

  void update(Stage& stage, int batch, bool drained) {
    const torch::NoGradGuard no_grad;
    std::vector<Tensors> newest;
    for (const Tensors& replica : stage.history.back()) newest.push_back(clone(replica));
    const auto r = static_cast<std::size_t>(batch % stage.replicas);
    const Tensors live = parameters(stage);
    for (std::size_t p = 0; p < live.size(); ++p) {
      torch::Tensor& weight = newest[r][p];
      torch::Tensor& momentum = stage.momenta[r][p];
      momentum.mul_(kMomentum).add_(live[p].grad().add(weight, kWeightDecay));
      weight.add_(momentum, -kLearningRate);
    }
    const bool due = (batch + 1) % experiment_.schedule.aggregate_every_batches == 0 || drained;
    if (due && stage.replicas > 1) {
      average(newest);
      average(stage.momenta);
    }
    stage.history.push_back(std::move(newest));
  }

  static void average(std::vector<Tensors>& replicas) {
    for (std::size_t p = 0; p < replicas[0].size(); ++p) {
      torch::Tensor mean = replicas[0][p].clone();
      for (std::size_t r = 1; r < replicas.size(); ++r) mean.add_(replicas[r][p]);
      mean.div_(static_cast<double>(replicas.size()));
      for (Tensors& replica : replicas) replica[p] = mean.clone();
    }
  }

  const Experiment& experiment_;
  torch_stage::Model model_;
  std::vector<torch::nn::Sequential> units_;  // of the whole model
  std::vector<Tensors> momenta_;              // of each unit's parameters
  std::vector<Stage> stages_;                 // of the cut under way; share units_
};

}  // namespace acceptlab::interpreted
