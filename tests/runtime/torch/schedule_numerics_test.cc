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

#include "runtime/torch/device.h"
#include "runtime/torch/model.h"
#include "runtime/torch/setup.h"
#include "runtime/torch/stage.h"
#include "tests/fakes/fake_world.h"
#include "tests/fakes/scripted_replanner.h"
#include "tests/runtime/torch/interpreter.h"

namespace acceptlab {
namespace {

using namespace interpreted;  // NOLINT(google-build-using-namespace): one test in several files

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
