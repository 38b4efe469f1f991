// Losses through all machines, in a world with random delays: at every point of a run.
#include "runtime/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
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
using testing::ElementsAre;
using testing::IsEmpty;

constexpr FakeWorld::Delays kWildDelays{Duration(10), Duration(10'000), Duration(0),
                                        Duration(50'000)};
constexpr int kUnits = 6;
constexpr int kBatches = 10;  // in each of two epochs
// A run without a fault has some hundred events; one that goes on and on has more than this.
constexpr std::uint64_t kTooMany = 100'000;

// Stages on devices 0, 1, ...; a spare device at the end.
CentralConfig central_of(int stages, const Schedule& schedule = {}) {
  CentralConfig central;
  for (int k = 0; k < stages; ++k) {
    central.plan.stages.push_back(
        {DeviceId{k}, {k * kUnits / stages, (k + 1) * kUnits / stages}, Duration(0)});
  }
  for (int d = 0; d <= stages; ++d) central.devices.push_back(DeviceId{d});
  central.schedule = schedule;
  central.shape.train_samples = kBatches * 8 - 3;
  central.shape.test_samples = 14;
  central.shape.batch_samples = 8;
  central.shape.micro_batches = schedule.kind == ScheduleKind::kSynchronous ? 3 : 1;
  central.shape.evaluation_batch_samples = 7;
  central.epochs = 2;
  central.recovery.enabled = true;
  central.recovery.replicate_every_batches = 4;
  central.recovery.central_copy_every_batches = 8;
  central.recovery.batch_deadline = Duration(2'000'000);
  central.recovery.probe_timeout = Duration(300'000);
  return central;
}

// One run and what it leaves behind.
struct Trial {
  explicit Trial(const CentralConfig& config, std::uint64_t seed = 1,
                 Replanner* replanner = nullptr)
      : central(config),
        source(config.shape),
        histories(config.plan),
        world(
            central, source,
            [this](int device, const Op& op) { return histories.perform(device, op); }, kWildDelays,
            seed, replanner) {}

  // Has `fault` happen just before event number `event`.
  void at_event(std::uint64_t event, std::function<void(FakeWorld&)> fault) {
    world.clock.before_event = [this, event, fault = std::move(fault)](std::uint64_t index) {
      if (index == event) fault(world);
    };
  }

  Plan last_plan() const {
    std::uint32_t term = 0;
    Plan plan = central.plan;
    const auto see = [&](const auto& change) {
      if (change.term <= term) return;
      term = change.term;
      plan = change.after;
    };
    for (const RepartitionSample& change : world.recorder.repartitions) see(change);
    for (const RecoverySample& change : world.recorder.recoveries) see(change);
    return plan;
  }

  void expect_every_batch_trained_once() {
    ASSERT_TRUE(world.finished) << "stands still at event " << world.clock.events();
    ASSERT_LT(world.clock.events(), kTooMany) << "goes on and on";
    UnitHistories::History all;
    for (int epoch = 0; epoch < central.epochs; ++epoch) {
      for (int batch = 0; batch < kBatches; ++batch) all.emplace_back(epoch, batch);
    }
    for (const PlannedStage& stage : last_plan().stages) {
      for (int unit = stage.units.begin; unit < stage.units.end; ++unit) {
        EXPECT_EQ(histories.of(stage.device, unit), all) << "unit " << unit;
      }
    }
  }

  // What counts of each epoch is its last record: of all samples, once.
  void expect_whole_epochs() const {
    ASSERT_FALSE(world.recorder.epochs.empty());
    EXPECT_EQ(world.recorder.epochs.back().epoch, central.epochs - 1);
    EXPECT_EQ(world.recorder.batches.back().batch, kBatches - 1);
  }

  CentralConfig central;
  FakeSource source;
  UnitHistories histories;
  FakeWorld world;
};

std::uint64_t events_of(const CentralConfig& central, std::uint64_t seed = 1) {
  Trial run(central, seed);
  run.world.run(kTooMany);
  return run.world.clock.events();
}

const Schedule kStash{ScheduleKind::kOneForwardOneBackward, WeightPolicy::kStash, 20};
const Schedule kReplicas{ScheduleKind::kOneForwardOneBackward, WeightPolicy::kReplicas, 3};
const Schedule kGpipe{ScheduleKind::kSynchronous, WeightPolicy::kStash, 20};

TEST(RecoveryTest, WithoutFaultNothingHappensButCopies) {
  Trial run(central_of(3));
  run.world.run(kTooMany);
  run.expect_every_batch_trained_once();
  EXPECT_THAT(run.world.recorder.recoveries, IsEmpty());
  // After 4, 8, 12 and 16 mini-batches of 20; two more are under way when it is decided. Nothing is
  // left to admit after 20.
  const auto& copies = run.world.recorder.replications;
  ASSERT_EQ(copies.size(), 4u);
  for (const ReplicationSample& copy : copies) {
    EXPECT_TRUE(copy.whole.has_value());
    EXPECT_LT(copy.started, copy.drained);
    EXPECT_GT(copy.copied, Bytes(0));
  }
  EXPECT_EQ(copies[0].batch, 6);
  EXPECT_EQ(copies[0].snapshot, (SnapshotId{0, 6}));
  EXPECT_FALSE(copies[0].central_copy);
  EXPECT_TRUE(copies[1].central_copy);
}

struct Sweep {
  int stages;
  Schedule schedule;
  std::uint64_t step;  // between the events at which something is lost
};
void PrintTo(const Sweep& s, std::ostream* out) { *out << s.stages << " stages"; }

class EveryPointTest : public testing::TestWithParam<Sweep> {
 protected:
  // `fault` before every event of the run, in a world of its own each time.
  void sweep(const std::function<void(FakeWorld&)>& fault,
             const std::function<void(Trial&)>& check = {}) {
    const CentralConfig central = central_of(GetParam().stages, GetParam().schedule);
    const std::uint64_t events = events_of(central);
    std::uint64_t seed = 1;
    std::size_t recoveries = 0;
    for (std::uint64_t event = 1; event < events; event += GetParam().step) {
      Trial run(central, ++seed);
      run.at_event(event, fault);
      run.world.run(kTooMany);
      SCOPED_TRACE("event " + std::to_string(event) + ", seed " + std::to_string(seed));
      run.expect_every_batch_trained_once();
      run.expect_whole_epochs();
      if (check) check(run);
      if (HasFailure()) return;
      recoveries += run.world.recorder.recoveries.size();
    }
    // Only near its end a run has no more use for a device.
    EXPECT_GT(recoveries, events / GetParam().step * 9 / 10);
  }
};
INSTANTIATE_TEST_SUITE_P(Pipelines, EveryPointTest,
                         testing::Values(Sweep{2, kStash, 1}, Sweep{3, kStash, 2},
                                         Sweep{4, kReplicas, 3}, Sweep{3, kGpipe, 5}),
                         [](const auto& tested) {
                           const Schedule& s = tested.param.schedule;
                           const bool gpipe = s.kind == ScheduleKind::kSynchronous;
                           return std::to_string(tested.param.stages) +
                                  (gpipe                                  ? "Gpipe"
                                   : s.weights == WeightPolicy::kReplicas ? "Replicas"
                                                                          : "Stash");
                         });

TEST_P(EveryPointTest, TheFirstWorkerIsLost) {
  sweep([](FakeWorld& world) { world.kill(1); });
}

TEST_P(EveryPointTest, TheLastWorkerIsLost) {
  const int last = GetParam().stages - 1;
  sweep([last](FakeWorld& world) { world.kill(last); });
}

TEST_P(EveryPointTest, AWorkerRestartsEmpty) {
  sweep([](FakeWorld& world) { world.restart(1); },
        [](Trial& run) {
          // It is not lost: it has its units again.
          for (const RecoverySample& sample : run.world.recorder.recoveries) {
            EXPECT_THAT(sample.lost, IsEmpty());
            EXPECT_EQ(sample.after.stages.size(), run.central.plan.stages.size());
          }
        });
}

TEST_P(EveryPointTest, TwoNeighboursAreLostAtOnce) {
  if (GetParam().stages < 3) GTEST_SKIP() << "has one worker";
  sweep([](FakeWorld& world) {
    world.kill(1);
    world.kill(2);
  });
}

TEST_P(EveryPointTest, TheTransportReportsALoss) {
  sweep([](FakeWorld& world) {
    world.kill(1);
    world.report_lost(1);
  });
}

// Either way of a link is down for some events, and whoever notices tells the central node.
TEST(RecoveryTest, MessagesAreMissing) {
  CentralConfig central = central_of(3, kReplicas);
  central.replan.at_batches = {7};
  const std::uint64_t events = events_of(central);
  const std::vector<std::pair<int, int>> ways = {{0, 1}, {1, 0}, {1, 2}, {0, 2}};
  for (std::uint64_t event = 0; event < events; event += 3) {
    ScriptedReplanner replanner;
    replanner.plans = {plan_up_to({{0, 1}, {1, 4}, {2, kUnits}})};
    Trial run(central, event, &replanner);
    const auto way = ways[event % ways.size()];
    run.world.clock.before_event = [&run, event, way](std::uint64_t index) {
      if (index == event) run.world.take_down(way.first, way.second);
      if (index != event + 10) return;
      run.world.bring_up(way.first, way.second);
      run.world.report_lost(way.first == 0 ? way.second : way.first);
    };
    run.world.run(kTooMany);
    SCOPED_TRACE("from " + std::to_string(way.first) + " to " + std::to_string(way.second) +
                 " at event " + std::to_string(event));
    run.expect_every_batch_trained_once();
    run.expect_whole_epochs();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(RecoveryTest, WhoWasLostReturns) {
  Trial run(central_of(3));
  run.world.clock.before_event = [&](std::uint64_t index) {
    if (index == 100) run.world.kill(2);
    if (index == 400) run.world.restart(2);
    if (index == 420) run.world.report_lost(1);
  };
  run.world.run(kTooMany);
  run.expect_every_batch_trained_once();
  const auto& recoveries = run.world.recorder.recoveries;
  ASSERT_EQ(recoveries.size(), 2u);
  EXPECT_THAT(recoveries[0].lost, ElementsAre(DeviceId{2}));
  EXPECT_THAT(recoveries[0].returned, IsEmpty());
  EXPECT_THAT(recoveries[1].lost, IsEmpty());
  EXPECT_THAT(recoveries[1].returned, ElementsAre(DeviceId{2}));
}

// Killed, and back with nothing at any point of the run after that: the next copies are a reason to
// give it its part again.
TEST(RecoveryTest, WhoIsBackGetsItsPartAgain) {
  const CentralConfig central = central_of(3, kReplicas);
  int taken_back = 0;
  for (std::uint64_t later = 10; later < 600; later += 7) {
    Trial run(central, later);
    run.world.clock.before_event = [&](std::uint64_t index) {
      if (index == 60) run.world.kill(1);
      if (index == 60) run.world.report_lost(1);
      if (index == 60 + later) run.world.restart(1);
      if (index == 61 + later) run.world.welcome_back(1);
    };
    run.world.run(kTooMany);
    SCOPED_TRACE("back " + std::to_string(later) + " events later");
    run.expect_every_batch_trained_once();
    run.expect_whole_epochs();
    if (testing::Test::HasFailure()) return;
    const RecoverySample& last = run.world.recorder.recoveries.back();
    if (last.cause != RecoveryCause::kReturned) continue;
    ++taken_back;
    EXPECT_THAT(last.returned, ElementsAre(DeviceId{1}));
    EXPECT_EQ(last.after.stages.size(), central.plan.stages.size());
    EXPECT_LT(last.version - last.resumed.version, 4);
  }
  EXPECT_GT(taken_back, 20);
}

// The second one goes while the first is being recovered from, at any point of that.
TEST(RecoveryTest, AnotherIsLostDuringRecovery) {
  const CentralConfig central = central_of(4, kReplicas);
  const std::uint64_t events = events_of(central);
  for (std::uint64_t later = 0; later < 150; ++later) {
    Trial run(central, later);
    run.world.clock.before_event = [&](std::uint64_t index) {
      if (index == events / 2) {
        run.world.kill(2);
        run.world.report_lost(2);
      }
      if (index == events / 2 + later) run.world.kill(later % 2 == 0 ? 1 : 3);
    };
    run.world.run(kTooMany);
    SCOPED_TRACE("second loss " + std::to_string(later) + " events later");
    run.expect_every_batch_trained_once();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(RecoveryTest, OneIsLostWhileThePlanChanges) {
  CentralConfig central = central_of(3, kReplicas);
  central.replan.at_batches = {7};
  const Plan other = plan_up_to({{0, 1}, {3, 4}, {2, kUnits}});
  const auto without = [](const std::vector<DeviceId>& devices) -> std::optional<Plan> {
    Plan plan = plan_up_to({{0, 3}, {devices.back().value, kUnits}});
    return plan;
  };
  for (int victim = 1; victim <= 3; ++victim) {
    for (std::uint64_t event = 60; event < 260; event += 2) {
      ScriptedReplanner replanner;
      replanner.plans = {other};
      replanner.best_on = without;
      Trial run(central, event, &replanner);
      run.at_event(event, [victim](FakeWorld& world) { world.kill(victim); });
      run.world.run(kTooMany);
      SCOPED_TRACE("device " + std::to_string(victim) + " at event " + std::to_string(event));
      run.expect_every_batch_trained_once();
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(RecoveryTest, ALostStageGoesToItsNeighbourAndTheRestGoesOnFromTheCopies) {
  Trial run(central_of(3));
  run.at_event(events_of(run.central) * 3 / 4, [](FakeWorld& world) { world.kill(1); });
  run.world.run(kTooMany);
  run.expect_every_batch_trained_once();
  ASSERT_EQ(run.world.recorder.recoveries.size(), 1u);
  const RecoverySample& recovery = run.world.recorder.recoveries[0];
  EXPECT_EQ(recovery.cause, RecoveryCause::kLate);
  EXPECT_THAT(recovery.lost, ElementsAre(DeviceId{1}));
  EXPECT_EQ(recovery.probes, 1);
  EXPECT_GT(recovery.resumed.version, 0);
  EXPECT_LE(recovery.resumed.version, recovery.version);
  EXPECT_EQ(recovery.decided - recovery.detected, run.central.recovery.probe_timeout);
  EXPECT_GE(recovery.detected - recovery.last_progress, run.central.recovery.batch_deadline);
  EXPECT_LT(recovery.decided, recovery.committed);
  EXPECT_GT(recovery.moved, Bytes(0));
  ASSERT_EQ(recovery.after.stages.size(), 2u);
  EXPECT_EQ(recovery.after.stages[0].units, (UnitRange{0, 4}));
  EXPECT_EQ(recovery.after.stages[1].device, DeviceId{2});
}

TEST(RecoveryTest, APlannerDecidesAndKnowsWhoIsLeft) {
  ScriptedReplanner replanner;
  replanner.best_on = [](const std::vector<DeviceId>&) {
    return plan_up_to({{0, 2}, {3, 5}, {2, kUnits}});
  };
  Trial run(central_of(3), 1, &replanner);
  run.at_event(150, [](FakeWorld& world) { world.kill(1); });
  run.world.run(kTooMany);
  run.expect_every_batch_trained_once();
  EXPECT_THAT(replanner.restricted,
              ElementsAre(ElementsAre(DeviceId{0}, DeviceId{2}, DeviceId{3})));
  EXPECT_EQ(run.last_plan().stages[1].device, DeviceId{3});
}

TEST(RecoveryTest, ADamagedFrameIsTrainedAgain) {
  for (const FrameKind kind : {FrameKind::kActivation, FrameKind::kGradient, FrameKind::kLabels,
                               FrameKind::kCopy, FrameKind::kAlive}) {
    Trial run(central_of(3));
    bool once = false;
    run.world.damaged = [&](const Frame& frame) {
      return frame.kind == kind && (frame.key.batch >= 4 || kind == FrameKind::kAlive) &&
             !std::exchange(once, true);
    };
    if (kind == FrameKind::kAlive) {
      run.at_event(200, [](FakeWorld& world) { world.report_lost(1); });
    }
    run.world.run(kTooMany);
    SCOPED_TRACE(to_string(kind));
    run.expect_every_batch_trained_once();
    ASSERT_EQ(run.world.recorder.recoveries.size(), 1u);
    EXPECT_THAT(run.world.recorder.recoveries[0].lost, IsEmpty());
    if (kind == FrameKind::kAlive) continue;
    EXPECT_EQ(run.world.recorder.recoveries[0].cause, RecoveryCause::kDamaged);
    EXPECT_THAT(run.world.recorder.recoveries[0].what, testing::HasSubstr("arrived damaged"));
  }
}

TEST(RecoveryTest, AFrameThatNeverArrivesIsNoticed) {
  for (const FrameKind kind : {FrameKind::kInput, FrameKind::kActivation, FrameKind::kGradient,
                               FrameKind::kScore, FrameKind::kPhaseDone, FrameKind::kStartPhase,
                               FrameKind::kEndPhase, FrameKind::kCopied, FrameKind::kReplicate}) {
    Trial run(central_of(3));
    int seen = 0;
    run.world.lost = [&](const Frame& frame) { return frame.kind == kind && ++seen == 4; };
    run.world.run(kTooMany);
    SCOPED_TRACE(to_string(kind));
    run.expect_every_batch_trained_once();
  }
}

// A device that is slower than the deadline must not be recovered from for ever.
TEST(RecoveryTest, ADeadlineThatIsTooShortGrows) {
  CentralConfig central = central_of(3);
  central.recovery.batch_deadline = Duration(20'000);
  Trial run(central);
  run.world.run(kTooMany);
  run.expect_every_batch_trained_once();
  EXPECT_GT(run.world.recorder.recoveries.size(), 0u);
}

TEST(RecoveryTest, WithoutRecoveryALossStopsTheRunWithItsReason) {
  CentralConfig central = central_of(3);
  central.recovery.enabled = false;
  Trial run(central);
  run.at_event(100, [](FakeWorld& world) { world.report_lost(2); });
  run.world.run(kTooMany);
  EXPECT_THAT(run.world.failure, testing::HasSubstr("device 2 cannot be reached"));
  EXPECT_THAT(run.world.recorder.replications, IsEmpty());
}

TEST(PlanWithoutLostTest, UnitsGoToTheStageBefore) {
  const Plan plan = plan_up_to({{0, 2}, {3, 3}, {1, 5}, {2, 6}});
  const auto left = [&](std::vector<DeviceId> survivors) {
    std::vector<std::pair<int, int>> stages;
    for (const PlannedStage& stage : plan_without_lost(plan, survivors).stages) {
      stages.emplace_back(stage.device.value, stage.units.end);
    }
    return stages;
  };
  using Stages = std::vector<std::pair<int, int>>;
  EXPECT_EQ(left({DeviceId{0}, DeviceId{1}, DeviceId{2}}), (Stages{{0, 3}, {1, 5}, {2, 6}}));
  EXPECT_EQ(left({DeviceId{0}, DeviceId{2}}), (Stages{{0, 5}, {2, 6}}));
  EXPECT_EQ(left({DeviceId{0}}), (Stages{{0, 6}}));
}

// A cut goes with the stage in front of it.
TEST(PlanWithoutLostTest, CutsKeepTheirCodecs) {
  Plan plan = plan_up_to({{0, 2}, {1, 4}, {2, 6}});
  plan.stages[0].codec = 1;
  plan.stages[1].codec = 2;
  const Plan rest = plan_without_lost(plan, {DeviceId{0}, DeviceId{2}});
  ASSERT_EQ(rest.stages.size(), 2u);
  EXPECT_EQ(rest.stages[0].codec, 2);
}

}  // namespace
}  // namespace acceptlab
