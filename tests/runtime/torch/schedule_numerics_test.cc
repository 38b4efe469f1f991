// What the machines make LibTorch compute, in a world with random delays, against plain loops that
// know no machine, no frame and no network.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/rng.h"
#include "runtime/torch/device.h"
#include "runtime/torch/input_format.h"
#include "runtime/torch/model.h"
#include "runtime/torch/setup.h"
#include "runtime/torch/stage.h"
#include "tests/fakes/fake_world.h"
#include "tests/fakes/scripted_replanner.h"

namespace acceptlab {
namespace {

using torch_stage::ModelOptions;
using torch_stage::TensorRole;
using torch_stage::TensorState;
using torch_stage::TorchStage;
using torch_stage::TorchStageOptions;
using torch_stage::UnitState;

constexpr double kLearningRate = 0.05;
constexpr double kMomentum = 0.9;
constexpr double kWeightDecay = 5e-4;
constexpr std::uint64_t kSeed = 7;

constexpr fakes::FakeWorld::Delays kWildDelays{Duration(10), Duration(10'000), Duration(0),
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

TorchStageOptions options_of(const Experiment& experiment, const StageConfig& config) {
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

std::vector<std::unique_ptr<TorchStage>> make_stages(const Experiment& experiment) {
  std::vector<std::unique_ptr<TorchStage>> stages;
  for (const StageConfig& config : experiment.configs()) {
    stages.push_back(torch_stage::make_torch_stage(options_of(experiment, config)));
  }
  return stages;
}

std::vector<UnitState> states_of(const std::vector<std::unique_ptr<TorchStage>>& stages) {
  std::vector<UnitState> all;
  for (const auto& stage : stages) {
    for (UnitState& unit : stage->state()) all.push_back(std::move(unit));
  }
  return all;
}

// Trains one epoch through the machines; returns the final state of every unit.
std::vector<UnitState> train(const Experiment& experiment, std::uint64_t world_seed) {
  auto stages = make_stages(experiment);
  const std::vector<StageConfig> configs = experiment.configs();
  CentralConfig central = fakes::central_of(configs);
  central.learning_rate.initial = kLearningRate;
  PictureSource source(experiment.shape);
  fakes::FakeWorld world(
      central, source,
      [&stages](int stage, const Op& op) {
        return stages[static_cast<std::size_t>(stage)]->perform(op);
      },
      kWildDelays, world_seed);
  world.run();
  EXPECT_TRUE(world.finished);
  return states_of(stages);
}

// A change of the plan during training.
struct Move {
  Plan after;
  int decided_after = 0;  // mini-batches done
};

struct Moved {
  std::vector<UnitState> states;
  int batch = 0;  // the first that the new plan trained
};

// The same on devices whose units move, of which some may be left out at first.
Moved train_and_move(const Experiment& experiment, const Move& move, std::uint64_t world_seed) {
  const std::vector<StageConfig> configs = experiment.configs();
  CentralConfig central = fakes::central_of(configs);
  central.learning_rate.initial = kLearningRate;
  central.replan.at_batches = {move.decided_after};
  std::vector<std::unique_ptr<torch_stage::TorchDevice>> devices;
  for (int d = 0; d < 5; ++d) {
    central.devices.push_back(DeviceId{d});
    const auto at = static_cast<std::size_t>(d);
    devices.push_back(torch_stage::make_torch_device(
        at < configs.size() ? &configs[at] : nullptr,
        [&experiment](const StageConfig& config) { return options_of(experiment, config); }));
  }
  PictureSource source(experiment.shape);
  fakes::ScriptedReplanner replanner;
  replanner.plans = {move.after};
  fakes::FakeWorld world(
      central, source,
      [&devices](int device, const Op& op) {
        return devices[static_cast<std::size_t>(device)]->perform(op);
      },
      kWildDelays, world_seed, &replanner);
  world.run();
  EXPECT_TRUE(world.finished);
  Moved moved;
  for (const PlannedStage& stage : move.after.stages) {
    for (UnitState& unit : devices[static_cast<std::size_t>(stage.device.value)]->state()) {
      moved.states.push_back(std::move(unit));
    }
  }
  moved.batch = world.recorder.repartitions.at(0).batch;
  return moved;
}

// The largest relative difference of a weight tensor: |a - b| / |b| in the Euclidean norm.
double largest_relative_difference(const std::vector<UnitState>& a,
                                   const std::vector<UnitState>& b) {
  double worst = 0.0;
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t u = 0; u < a.size(); ++u) {
    for (std::size_t t = 0; t < a[u].tensors.size(); ++t) {
      const TensorState& x = a[u].tensors[t];
      const TensorState& y = b[u].tensors[t];
      if (x.role != TensorRole::kWeight) continue;
      EXPECT_EQ(x.bytes.size(), y.bytes.size());
      double difference = 0.0;
      double norm = 0.0;
      for (std::size_t at = 0; at < x.bytes.size(); at += sizeof(float)) {
        float p = 0, q = 0;
        std::memcpy(&p, &x.bytes[at], sizeof p);
        std::memcpy(&q, &y.bytes[at], sizeof q);
        difference += (double{p} - q) * (double{p} - q);
        norm += double{q} * q;
      }
      if (norm > 0) worst = std::max(worst, std::sqrt(difference / norm));
    }
  }
  return worst;
}

// Names of the tensors of role `role` whose bytes differ.
std::vector<std::string> differing(const std::vector<UnitState>& a, const std::vector<UnitState>& b,
                                   TensorRole role) {
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

TrainingShape shape_of(std::int64_t samples, int batch, int micro_batches) {
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

class NumericsTest : public testing::Test {
 protected:
  void SetUp() override { torch_stage::initialise_torch(kSeed); }
};

constexpr Schedule kGpipe{ScheduleKind::kSynchronous, WeightPolicy::kStash, 20};

TEST_F(NumericsTest, GpipeEqualsOneDeviceAfterTwentyBatches) {
  // The CNN has no batch normalisation: micro-batches change the order of sums only. 20 batches of
  // 10 samples, the last one of 7; 3 uneven micro-batches.
  const Experiment single{{"cnn", 1.0, 10}, 1, kGpipe, shape_of(197, 10, 1)};
  const auto expected = train(single, 1);
  const int units = torch_stage::make_model(single.model).unit_count();
  for (int stages = 1; stages <= std::min(6, units); ++stages) {
    Experiment gpipe = single;
    gpipe.stages = stages;
    gpipe.shape.micro_batches = 3;
    EXPECT_LE(largest_relative_difference(train(gpipe, 2), expected), 1e-5) << stages << " stages";
  }
}

TEST_F(NumericsTest, GpipeOfANormalisedModelEqualsOneDeviceWithTheSameMicroBatches) {
  // Batch normalisation sees micro-batches, on one device as on many.
  const Experiment single{{"mobilenetv2", 0.25, 10}, 1, kGpipe, shape_of(38, 8, 2)};
  const auto expected = train(single, 1);
  for (const int stages : {2, 4, 6}) {
    Experiment gpipe = single;
    gpipe.stages = stages;
    const auto actual = train(gpipe, 3);
    EXPECT_EQ(differing(actual, expected, TensorRole::kWeight), std::vector<std::string>());
    EXPECT_EQ(differing(actual, expected, TensorRole::kBuffer), std::vector<std::string>());
  }
}

struct AsynchronousCase {
  const char* model;
  int stages;
  WeightPolicy weights;
};
void PrintTo(const AsynchronousCase& c, std::ostream* out) {
  *out << c.model << ", " << c.stages << " stages, "
       << (c.weights == WeightPolicy::kStash ? "stash" : "replicas");
}

class AsynchronousTest : public testing::TestWithParam<AsynchronousCase> {};
INSTANTIATE_TEST_SUITE_P(Pipelines, AsynchronousTest,
                         testing::Values(AsynchronousCase{"cnn", 1, WeightPolicy::kStash},
                                         AsynchronousCase{"cnn", 2, WeightPolicy::kStash},
                                         AsynchronousCase{"cnn", 3, WeightPolicy::kStash},
                                         AsynchronousCase{"cnn", 5, WeightPolicy::kStash},
                                         AsynchronousCase{"cnn", 2, WeightPolicy::kReplicas},
                                         AsynchronousCase{"cnn", 4, WeightPolicy::kReplicas},
                                         AsynchronousCase{"mobilenetv2", 4, WeightPolicy::kStash},
                                         AsynchronousCase{"mobilenetv2", 6, WeightPolicy::kStash},
                                         AsynchronousCase{"mobilenetv2", 6,
                                                          WeightPolicy::kReplicas}));

TEST_P(AsynchronousTest, EqualsTheReferenceInterpreterBitForBit) {
  torch_stage::initialise_torch(kSeed);
  const AsynchronousCase& c = GetParam();
  const Schedule schedule{ScheduleKind::kOneForwardOneBackward, c.weights, 3};
  // 13 mini-batches, the last one shorter.
  const Experiment experiment{{c.model, 0.25, 10}, c.stages, schedule, shape_of(51, 4, 1)};
  const auto initial = states_of(make_stages(experiment));
  ReferenceInterpreter reference(experiment, initial);
  reference.train();
  const auto expected = reference.result(initial);
  const auto actual = train(experiment, 5);
  EXPECT_EQ(differing(actual, expected, TensorRole::kWeight), std::vector<std::string>());
  EXPECT_EQ(differing(actual, expected, TensorRole::kBuffer), std::vector<std::string>());
  // The comparison must be able to fail: training has changed the weights.
  EXPECT_FALSE(differing(actual, initial, TensorRole::kWeight).empty());
}

using fakes::plan_up_to;

struct MoveCase {
  const char* name;
  WeightPolicy weights;
  Plan after;  // of the units of mobilenetv2, from three even stages
};
void PrintTo(const MoveCase& c, std::ostream* out) { *out << c.name; }

// 20 units; the first plan has 6, 7 and 7 of them on devices 0, 1, 2.
std::vector<MoveCase> moves() {
  const std::vector<std::pair<const char*, Plan>> plans = {
      {"CutsMoveBothWays", plan_up_to({{0, 9}, {1, 11}, {2, 20}})},
      {"AnotherDeviceJoins", plan_up_to({{0, 4}, {4, 8}, {1, 14}, {2, 20}})},
      {"DevicesLeaveAndSwap", plan_up_to({{0, 7}, {3, 20}})},
      {"OneDeviceTakesAll", plan_up_to({{0, 20}})}};
  std::vector<MoveCase> all;
  for (const auto& [name, plan] : plans) {
    all.push_back({name, WeightPolicy::kStash, plan});
    all.push_back({name, WeightPolicy::kReplicas, plan});
  }
  return all;
}

class MovedUnitsTest : public testing::TestWithParam<MoveCase> {};
INSTANTIATE_TEST_SUITE_P(Plans, MovedUnitsTest, testing::ValuesIn(moves()), [](const auto& tested) {
  const bool stash = tested.param.weights == WeightPolicy::kStash;
  return std::string(tested.param.name) + (stash ? "Stash" : "Replicas");
});

TEST_P(MovedUnitsTest, EqualTheInterpreterThatDrainsAndGoesOnWithTheOtherCutBitForBit) {
  torch_stage::initialise_torch(kSeed);
  const Schedule schedule{ScheduleKind::kOneForwardOneBackward, GetParam().weights, 4};
  const Experiment experiment{{"mobilenetv2", 0.25, 10}, 3, schedule, shape_of(51, 4, 1)};
  const auto initial = states_of(make_stages(experiment));
  const Moved actual = train_and_move(experiment, {GetParam().after, 5}, 5);
  ASSERT_EQ(actual.batch, 7);  // two more were under way when the fifth was done

  ReferenceInterpreter reference(experiment, initial);
  reference.train(experiment.plan(), 0, actual.batch);
  const auto at_the_move = reference.result(initial);
  reference.train(GetParam().after, actual.batch, 13);
  const auto expected = reference.result(initial);
  EXPECT_EQ(differing(actual.states, expected, TensorRole::kWeight), std::vector<std::string>());
  EXPECT_EQ(differing(actual.states, expected, TensorRole::kBuffer), std::vector<std::string>());
  // The comparison must be able to fail: the new plan has trained, and differently from the old.
  EXPECT_FALSE(differing(actual.states, at_the_move, TensorRole::kWeight).empty());
  EXPECT_FALSE(differing(actual.states, train(experiment, 5), TensorRole::kWeight).empty());
}

TEST_F(NumericsTest, GpipeThatChangesItsPlanEqualsOneDeviceBitForBit) {
  const Experiment single{{"mobilenetv2", 0.25, 10}, 1, kGpipe, shape_of(38, 8, 2)};
  const auto expected = train(single, 1);
  Experiment gpipe = single;
  gpipe.stages = 3;
  for (const Plan& after :
       {plan_up_to({{0, 9}, {1, 11}, {2, 20}}), plan_up_to({{0, 4}, {3, 13}, {2, 20}})}) {
    const Moved actual = train_and_move(gpipe, {after, 2}, 3);
    EXPECT_EQ(actual.batch, 2);
    EXPECT_EQ(differing(actual.states, expected, TensorRole::kWeight), std::vector<std::string>());
    EXPECT_EQ(differing(actual.states, expected, TensorRole::kBuffer), std::vector<std::string>());
  }
}

}  // namespace
}  // namespace acceptlab
