// What is left of a training that lost devices on its way, against the plain loop that drains at
// the same mini-batches and goes on with the same plans, but loses nothing.
#include <gtest/gtest.h>

#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/torch/device.h"
#include "runtime/torch/setup.h"
#include "tests/fakes/fake_world.h"
#include "tests/runtime/torch/interpreter.h"

namespace acceptlab {
namespace {

using namespace interpreted;  // NOLINT(google-build-using-namespace): one test in several files

constexpr int kBatches = 13;
constexpr int kDevices = 4;

struct Loss {
  const char* name;
  double when;  // share of the events of the run
  std::function<void(fakes::FakeWorld&)> fault;
};

struct Outcome {
  std::vector<UnitState> states;
  std::map<int, Plan> from;  // by the mini-batch that it began with, drained
  std::vector<RecoverySample> recoveries;
  std::uint64_t events = 0;
};

// What of all that was drained and planned the final weights have seen.
std::map<int, Plan> lineage(const Plan& first, const fakes::FakeRecorder& recorder) {
  std::map<int, Plan> from = {{0, first}};
  const auto add_drains = [&](std::uint32_t term, const Plan& plan) {
    for (const ReplicationSample& drained : recorder.replications) {
      if (drained.snapshot.term == term) from[drained.batch] = plan;
    }
  };
  add_drains(0, first);
  for (const RecoverySample& recovery : recorder.recoveries) {
    from.erase(from.upper_bound(recovery.resumed_batch), from.end());
    from[recovery.resumed_batch] = recovery.after;
    add_drains(recovery.term, recovery.after);
  }
  return from;
}

Outcome train_with(const Experiment& experiment, const Loss* loss, std::uint64_t event) {
  CentralConfig central = fakes::central_of(experiment.configs());
  central.learning_rate.initial = kLearningRate;
  central.recovery.enabled = true;
  central.recovery.replicate_every_batches = 4;
  central.recovery.central_copy_every_batches = 8;
  central.recovery.batch_deadline = Duration(2'000'000);
  central.recovery.probe_timeout = Duration(300'000);
  std::vector<std::unique_ptr<torch_stage::TorchDevice>> devices;
  const std::vector<StageConfig> configs = experiment.configs();
  for (std::size_t d = 0; d < kDevices; ++d) {
    central.devices.push_back(DeviceId{static_cast<int>(d)});
    devices.push_back(torch_stage::make_torch_device(
        d < configs.size() ? &configs[d] : nullptr,
        [&experiment](const StageConfig& config) { return options_of(experiment, config); }));
  }
  PictureSource source(experiment.shape);
  fakes::FakeWorld world(
      central, source,
      [&devices](int device, const Op& op) {
        return devices[static_cast<std::size_t>(device)]->perform(op);
      },
      kWildDelays, 5);
  world.clock.before_event = [&](std::uint64_t index) {
    if (loss != nullptr && index == event) loss->fault(world);
  };
  world.run();
  EXPECT_TRUE(world.finished);
  Outcome outcome;
  outcome.from = lineage(central.plan, world.recorder);
  outcome.recoveries = world.recorder.recoveries;
  outcome.events = world.clock.events();
  for (const PlannedStage& stage : outcome.from.rbegin()->second.stages) {
    for (UnitState& unit : devices[static_cast<std::size_t>(stage.device.value)]->state()) {
      outcome.states.push_back(std::move(unit));
    }
  }
  return outcome;
}

std::vector<UnitState> interpret(const Experiment& experiment, const std::map<int, Plan>& from) {
  const auto initial = states_of(make_stages(experiment));
  ReferenceInterpreter reference(experiment, initial);
  for (auto at = from.begin(); at != from.end(); ++at) {
    const auto next = std::next(at);
    reference.train(at->second, at->first, next == from.end() ? kBatches : next->first);
  }
  return reference.result(initial);
}

std::vector<Loss> losses() {
  using World = fakes::FakeWorld;
  return {{"FirstWorkerEarly", 0.1, [](World& world) { world.kill(1); }},
          {"FirstWorkerInTheMiddle", 0.5, [](World& world) { world.kill(1); }},
          {"LastWorkerLate", 0.8, [](World& world) { world.kill(2); }},
          {"RestartInTheMiddle", 0.6, [](World& world) { world.restart(1); }},
          {"BothWorkersLate", 0.85, [](World& world) {
             world.kill(1);
             world.kill(2);
           }}};
}

struct Case {
  WeightPolicy weights;
  Loss loss;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.loss.name; }
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Loss& loss : losses()) {
    all.push_back({WeightPolicy::kStash, loss});
    all.push_back({WeightPolicy::kReplicas, loss});
  }
  return all;
}

class RecoveredTrainingTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override { torch_stage::initialise_torch(kSeed); }
};
INSTANTIATE_TEST_SUITE_P(Losses, RecoveredTrainingTest, testing::ValuesIn(cases()),
                         [](const auto& tested) {
                           const bool stash = tested.param.weights == WeightPolicy::kStash;
                           return std::string(tested.param.loss.name) +
                                  (stash ? "Stash" : "Replicas");
                         });

TEST_P(RecoveredTrainingTest, EqualsTheInterpreterThatDrainsAtTheSameBatchesBitForBit) {
  const Schedule schedule{ScheduleKind::kOneForwardOneBackward, GetParam().weights, 4};
  const Experiment experiment{{"mobilenetv2", 0.25, 10}, 3, schedule, shape_of(51, 4, 1)};
  const Outcome undisturbed = train_with(experiment, nullptr, 0);
  EXPECT_TRUE(undisturbed.recoveries.empty());
  EXPECT_EQ(undisturbed.from.size(), 3u);  // the start, and two drained points
  const auto event =
      static_cast<std::uint64_t>(GetParam().loss.when * static_cast<double>(undisturbed.events));
  const Outcome disturbed = train_with(experiment, &GetParam().loss, event);
  ASSERT_EQ(disturbed.recoveries.size(), 1u);
  for (const Outcome* outcome : {&undisturbed, &disturbed}) {
    const auto expected = interpret(experiment, outcome->from);
    EXPECT_EQ(differing(outcome->states, expected, TensorRole::kWeight),
              std::vector<std::string>());
    EXPECT_EQ(differing(outcome->states, expected, TensorRole::kBuffer),
              std::vector<std::string>());
  }
}

// Synchronous training is the same on any plan: what was lost must not show at all.
TEST(RecoveredGpipeTest, EqualsTheUndisturbedTrainingBitForBit) {
  torch_stage::initialise_torch(kSeed);
  const Schedule gpipe{ScheduleKind::kSynchronous, WeightPolicy::kStash, 20};
  const Experiment experiment{{"mobilenetv2", 0.25, 10}, 3, gpipe, shape_of(51, 4, 2)};
  const Outcome undisturbed = train_with(experiment, nullptr, 0);
  for (const Loss& loss : losses()) {
    const Outcome disturbed =
        train_with(experiment, &loss,
                   static_cast<std::uint64_t>(loss.when * static_cast<double>(undisturbed.events)));
    EXPECT_EQ(disturbed.recoveries.size(), 1u) << loss.name;
    EXPECT_EQ(differing(disturbed.states, undisturbed.states, TensorRole::kWeight),
              std::vector<std::string>())
        << loss.name;
    EXPECT_EQ(differing(disturbed.states, undisturbed.states, TensorRole::kBuffer),
              std::vector<std::string>())
        << loss.name;
  }
}

}  // namespace
}  // namespace acceptlab
