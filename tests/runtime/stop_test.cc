// Runs that are stopped and resumed, at every point, through all machines, in a world with random
// delays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "tests/fakes/fake_world.h"
#include "tests/fakes/scripted_replanner.h"
#include "tests/fakes/unit_histories.h"

namespace acceptlab {
namespace {

using fakes::FakeSource;
using fakes::FakeWorld;
using fakes::plan_up_to;
using fakes::ScriptedReplanner;
using fakes::UnitHistories;

constexpr FakeWorld::Delays kWildDelays{Duration(10), Duration(10'000), Duration(0),
                                        Duration(50'000)};
constexpr int kUnits = 6;
constexpr int kBatches = 8;  // in each of two epochs

// Three devices, the last of them a spare one.
CentralConfig central_of(const Schedule& schedule) {
  CentralConfig central;
  central.plan = plan_up_to({{0, 2}, {1, kUnits}});
  central.devices = {DeviceId{0}, DeviceId{1}, DeviceId{2}};
  central.schedule = schedule;
  central.shape.train_samples = kBatches * 8 - 3;
  central.shape.test_samples = 14;
  central.shape.batch_samples = 8;
  central.shape.micro_batches = schedule.kind == ScheduleKind::kSynchronous ? 3 : 1;
  central.shape.evaluation_batch_samples = 7;
  central.epochs = 2;
  central.recovery.replicate_every_batches = 5;
  central.recovery.central_copy_every_batches = 5;
  central.recovery.batch_deadline = Duration(2'000'000);
  central.recovery.probe_timeout = Duration(300'000);
  return central;
}

// A run from where `config` says on, and what it leaves behind.
struct Part {
  explicit Part(const CentralConfig& config, Replanner* replanner = nullptr)
      : central(config),
        source(config.shape),
        histories(config.plan),
        world(
            central, source, [this](int device, const Op& op) { return perform(device, op); },
            kWildDelays, 1, replanner) {}

  // Every forward scores each sample 1.
  OpResult perform(int device, const Op& op) {
    OpResult result = histories.perform(device, op);
    result.score = Score{static_cast<double>(op.samples), 1, op.samples};
    return result;
  }
  // Is told to stop just before event number `event`.
  void run_until_stopped_at(std::uint64_t event) {
    world.clock.before_event = [this, event](std::uint64_t index) {
      if (index == event) world.stop();
    };
    world.run();
    ASSERT_TRUE(world.finished);
  }
  Plan last_plan() const {
    const auto& changes = world.recorder.repartitions;
    return changes.empty() ? central.plan : changes.back().after;
  }
  UnitHistories::History of(int unit) {
    for (const PlannedStage& stage : last_plan().stages) {
      if (unit < stage.units.end) return histories.of(stage.device, unit);
    }
    return {};
  }

  CentralConfig central;
  FakeSource source;
  UnitHistories histories;
  FakeWorld world;
};

// What the run that `part` was stopped in still has to do.
CentralConfig rest_of(const Part& part) {
  CentralConfig rest = part.central;
  rest.first = part.world.checkpoints.saved.back();
  rest.plan = part.last_plan();
  return rest;
}

void expect_every_batch_trained_once(Part& before, Part* after) {
  UnitHistories::History all;
  for (int epoch = 0; epoch < before.central.epochs; ++epoch) {
    for (int batch = 0; batch < kBatches; ++batch) all.emplace_back(epoch, batch);
  }
  for (int unit = 0; unit < kUnits; ++unit) {
    UnitHistories::History trained = before.of(unit);
    if (after != nullptr) {
      for (const auto& batch : after->of(unit)) trained.push_back(batch);
    }
    EXPECT_EQ(trained, all) << "unit " << unit;
  }
}

void expect_whole_epochs(const Part& before, const Part* after) {
  std::vector<EpochSample> epochs = before.world.recorder.epochs;
  if (after != nullptr) {
    for (const EpochSample& epoch : after->world.recorder.epochs) epochs.push_back(epoch);
  }
  ASSERT_EQ(epochs.size(), 2u);
  for (int e = 0; e < 2; ++e) {
    const EpochSample& epoch = epochs[static_cast<std::size_t>(e)];
    EXPECT_EQ(epoch.epoch, e);
    EXPECT_EQ(epoch.train.samples, before.central.shape.train_samples);
    EXPECT_EQ(epoch.test.samples, before.central.shape.test_samples);
  }
}

// Stops before each event of the run in turn; returns how often something was left to do.
int stop_everywhere(const CentralConfig& central, bool moves) {
  const auto replanner = [moves]() -> std::unique_ptr<ScriptedReplanner> {
    if (!moves) return nullptr;
    auto scripted = std::make_unique<ScriptedReplanner>();
    scripted->plans = {plan_up_to({{0, 1}, {2, 3}, {1, kUnits}})};
    return scripted;
  };
  const auto whole_replanner = replanner();
  Part whole(central, whole_replanner.get());
  whole.world.run();
  int resumed = 0;
  for (std::uint64_t event = 0; event < whole.world.clock.events(); ++event) {
    SCOPED_TRACE("stopped before event " + std::to_string(event));
    const auto first_replanner = replanner();
    Part before(central, first_replanner.get());
    before.run_until_stopped_at(event);
    if (before.world.checkpoints.saved.empty() ||
        before.world.checkpoints.saved.back().epoch == central.epochs) {
      expect_every_batch_trained_once(before, nullptr);
      expect_whole_epochs(before, nullptr);
      continue;
    }
    ++resumed;
    Part after(rest_of(before));
    after.world.run();
    EXPECT_TRUE(after.world.finished);
    expect_every_batch_trained_once(before, &after);
    expect_whole_epochs(before, &after);
    if (testing::Test::HasFailure()) break;
  }
  return resumed;
}

class StopTest : public testing::TestWithParam<Schedule> {};
INSTANTIATE_TEST_SUITE_P(
    Schedules, StopTest,
    testing::Values(Schedule{ScheduleKind::kOneForwardOneBackward, WeightPolicy::kStash, 20},
                    Schedule{ScheduleKind::kOneForwardOneBackward, WeightPolicy::kReplicas, 3},
                    Schedule{ScheduleKind::kSynchronous, WeightPolicy::kStash, 20}));

TEST_P(StopTest, AStoppedAndResumedRunTrainsEveryBatchOnce) {
  EXPECT_GT(stop_everywhere(central_of(GetParam()), false), 100);
}

TEST_P(StopTest, AlsoWhereUnitsMoveAndAreCopied) {
  CentralConfig central = central_of(GetParam());
  central.recovery.enabled = true;
  central.replan.at_batches = {4};
  EXPECT_GT(stop_everywhere(central, true), 100);
}

TEST_P(StopTest, StopsSoon) {
  const CentralConfig central = central_of(GetParam());
  Part part(central);
  part.run_until_stopped_at(1);
  ASSERT_EQ(part.world.checkpoints.saved.size(), 1u);
  const RunPosition& next = part.world.checkpoints.saved[0];
  EXPECT_EQ(next.epoch, 0);
  // The first mini-batch, and those admitted until it was done.
  EXPECT_LE(next.batch, central.plan.stage_count());
  EXPECT_GE(next.batch, 1);
  EXPECT_EQ(next.train.samples, 8 * next.batch);
}

TEST(StopAndLossTest, ADeviceLostMeanwhileIsRecoveredFromFirst) {
  CentralConfig central = central_of({});
  central.recovery.enabled = true;
  Part before(central);
  before.world.clock.before_event = [&](std::uint64_t index) {
    if (index == 60) before.world.kill(1);
    if (index == 61) before.world.stop();
  };
  before.world.run();
  ASSERT_TRUE(before.world.finished);
  ASSERT_EQ(before.world.recorder.recoveries.size(), 1u);
  ASSERT_EQ(before.world.checkpoints.saved.size(), 1u);
  const RunPosition& next = before.world.checkpoints.saved[0];
  const auto survivor = before.histories.of(DeviceId{0}, kUnits - 1);
  EXPECT_EQ(static_cast<int>(survivor.size()), next.epoch * kBatches + next.batch);
}

TEST(ResumeTest, ALossGoesBackToWhereTheRunBegan) {
  CentralConfig central = central_of({});
  central.recovery.enabled = true;
  central.recovery.replicate_every_batches = 100;
  central.recovery.central_copy_every_batches = 100;
  central.first = {1, 3, Score{24.0, 3, 24}};
  Part part(central);
  part.world.clock.before_event = [&](std::uint64_t index) {
    if (index == 40) part.world.restart(1);
  };
  part.world.run();
  ASSERT_TRUE(part.world.finished);
  ASSERT_EQ(part.world.recorder.recoveries.size(), 1u);
  EXPECT_EQ(part.world.recorder.recoveries[0].resumed_epoch, 1);
  EXPECT_EQ(part.world.recorder.recoveries[0].resumed_batch, 3);
  UnitHistories::History rest;
  for (int batch = 3; batch < kBatches; ++batch) rest.emplace_back(1, batch);
  EXPECT_EQ(part.histories.of(DeviceId{1}, kUnits - 1), rest);
  EXPECT_EQ(part.world.recorder.epochs.back().train.samples, central.shape.train_samples);
}

}  // namespace
}  // namespace acceptlab
