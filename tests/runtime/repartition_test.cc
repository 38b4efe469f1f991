// Changes of the plan through all machines, in a world with random delays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "tests/fakes/fake_world.h"
#include "tests/fakes/scripted_replanner.h"

namespace acceptlab {
namespace {

using fakes::FakeSource;
using fakes::FakeWorld;
using fakes::plan_up_to;
using fakes::ScriptedReplanner;
using testing::ElementsAre;

constexpr FakeWorld::Delays kWildDelays{Duration(10), Duration(10'000), Duration(0),
                                        Duration(50'000)};
constexpr int kUnits = 6;
constexpr int kBatches = 20;  // in each of two epochs

OpResult sized_result(int /*device*/, const Op& op) {
  OpResult result;
  result.output = op.kind == OpKind::kExport ? Payload::sized(Bytes(1000 * op.units.size()))
                                             : Payload::sized(Bytes(10 * op.samples));
  return result;
}

// Four devices; three are in the first plan.
CentralConfig central_of(const Schedule& schedule) {
  CentralConfig central;
  central.plan = plan_up_to({{0, 2}, {1, 4}, {2, kUnits}});
  central.devices = {DeviceId{0}, DeviceId{1}, DeviceId{2}, DeviceId{3}};
  central.schedule = schedule;
  central.shape.train_samples = kBatches * 8 - 3;  // the last mini-batch is shorter
  central.shape.test_samples = 14;
  central.shape.batch_samples = 8;
  central.shape.micro_batches = schedule.kind == ScheduleKind::kSynchronous ? 3 : 1;
  central.shape.evaluation_batch_samples = 7;
  central.epochs = 2;
  central.replan.at_batches = {10};
  return central;
}

struct Case {
  Schedule schedule;
  std::uint64_t seed;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << (c.schedule.kind == ScheduleKind::kSynchronous ? "gpipe"
           : c.schedule.weights == WeightPolicy::kStash  ? "stash"
                                                         : "replicas")
       << ", seed " << c.seed;
}
std::vector<Case> cases() {
  std::vector<Case> all;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    all.push_back({{ScheduleKind::kOneForwardOneBackward, WeightPolicy::kStash, 20}, seed});
    all.push_back({{ScheduleKind::kOneForwardOneBackward, WeightPolicy::kReplicas, 4}, seed});
    all.push_back({{ScheduleKind::kSynchronous, WeightPolicy::kStash, 20}, seed});
  }
  return all;
}

// Where operation `op` of a device stands in the record, for each match in order.
template <typename Matches>
std::vector<std::size_t> positions(const FakeWorld& world, Matches matches) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < world.performed.size(); ++i) {
    if (matches(world.performed[i].first, world.performed[i].second)) found.push_back(i);
  }
  return found;
}

class RepartitionTest : public testing::TestWithParam<Case> {
 protected:
  RepartitionTest() : central(central_of(GetParam().schedule)), source(central.shape) {}
  void run() {
    world = std::make_unique<FakeWorld>(central, source, sized_result, kWildDelays, GetParam().seed,
                                        &replanner);
    world->lost = lost;
    world->run();
    ASSERT_TRUE(world->finished);
  }
  bool asynchronous() const { return central.schedule.kind != ScheduleKind::kSynchronous; }

  CentralConfig central;
  FakeSource source;
  ScriptedReplanner replanner;
  std::function<bool(const Frame&)> lost;
  std::unique_ptr<FakeWorld> world;
};
INSTANTIATE_TEST_SUITE_P(Schedules, RepartitionTest, testing::ValuesIn(cases()));

// The same stages with other codecs.
Plan recoded(Plan plan, int first, int second) {
  plan.stages[0].codec = first;
  plan.stages[1].codec = second;
  return plan;
}

TEST_P(RepartitionTest, OtherCodecsTakeEffectWithoutDrainOrMove) {
  replanner.plans = {recoded(central.plan, 2, 1)};
  run();
  ASSERT_EQ(world->recorder.repartitions.size(), 1u);
  const RepartitionSample& change = world->recorder.repartitions[0];
  EXPECT_EQ(change.term, 0u);
  EXPECT_EQ(change.started, change.committed);
  EXPECT_EQ(change.moved, Bytes(0));
  EXPECT_EQ(change.after.stages[0].codec, 2);
  std::map<int, std::set<std::pair<int, int>>> used;  // by stage, of forwards: in, out
  std::map<int, std::pair<int, int>> last;
  for (const auto& [device, op] : world->performed) {
    EXPECT_NE(op.kind, OpKind::kExport);
    EXPECT_NE(op.kind, OpKind::kAdopt);
    if (op.kind != OpKind::kForward) continue;
    last[op.stage] = {op.input_codec, op.output_codec};
    used[op.stage].insert(last[op.stage]);
  }
  EXPECT_EQ(last[0].second, 2);
  EXPECT_EQ(last[1], std::make_pair(2, 1));
  EXPECT_EQ(used[1].count({0, 0}), 1u) << "from the start";
}

TEST_P(RepartitionTest, GradientsGoByTheCodecOfTheCutInFront) {
  central.plan = recoded(central.plan, 2, 1);
  run();
  for (const auto& [device, op] : world->performed) {
    if (op.kind == OpKind::kForwardBackward) {
      EXPECT_EQ(op.input_codec, 1);
      EXPECT_EQ(op.output_codec, 1);
    }
    if (op.kind == OpKind::kBackward && op.stage == 1) {
      EXPECT_EQ(op.input_codec, 1);
      EXPECT_EQ(op.output_codec, 2);
    }
  }
}

TEST_P(RepartitionTest, EveryBatchIsTrainedOnceOnEveryUnitByItsOwner) {
  const Plan before = central.plan;
  const Plan after = plan_up_to({{0, 1}, {3, 5}, {2, kUnits}});  // device 1 leaves, 3 joins
  replanner.plans = {after};
  run();
  ASSERT_EQ(world->recorder.repartitions.size(), 1u);
  const int b = world->recorder.repartitions[0].batch;
  // The batch after which it was decided, and those admitted until then.
  EXPECT_EQ(b, asynchronous() ? 12 : 10);

  std::set<std::tuple<int, int, int>> updated;  // epoch, batch, unit
  for (const auto& [device, op] : world->performed) {
    if (op.kind != OpKind::kUpdate) continue;
    const Plan& plan = op.key.epoch > 0 || op.key.batch >= b ? after : before;
    const PlannedStage& stage = plan.stages.at(static_cast<std::size_t>(op.stage));
    EXPECT_EQ(stage.device, DeviceId{device});
    EXPECT_EQ(stage.units, op.units);
    for (int unit = op.units.begin; unit < op.units.end; ++unit) {
      EXPECT_TRUE(updated.insert({op.key.epoch, op.key.batch, unit}).second) << "updated twice";
    }
  }
  EXPECT_EQ(updated.size(), static_cast<std::size_t>(2 * kBatches * kUnits));
  EXPECT_EQ(world->recorder.batches.size(), 2u * kBatches);
  EXPECT_EQ(world->recorder.epochs.size(), 2u);
}

TEST_P(RepartitionTest, UnitsMoveAfterTheDrainAndBeforeTheNewPlanTrains) {
  replanner.plans = {plan_up_to({{0, 1}, {3, 5}, {2, kUnits}})};
  run();
  const RepartitionSample& move = world->recorder.repartitions.at(0);
  const auto exports =
      positions(*world, [](int, const Op& op) { return op.kind == OpKind::kExport; });
  const auto adoptions =
      positions(*world, [](int, const Op& op) { return op.kind == OpKind::kAdopt; });
  const auto updates_before = positions(*world, [&](int, const Op& op) {
    return op.kind == OpKind::kUpdate && op.key.epoch == 0 && op.key.batch < move.batch;
  });
  const auto forwards_after = positions(*world, [&](int, const Op& op) {
    return (op.kind == OpKind::kForward || op.kind == OpKind::kForwardBackward) &&
           op.key.epoch == 0 && op.key.batch >= move.batch;
  });
  // Units 2 of device 0, 3..4 of device 1, 5 of device 2: each to device 3, from its owner.
  ASSERT_EQ(exports.size(), 3u);
  ASSERT_EQ(adoptions.size(), 4u);
  EXPECT_LT(updates_before.back(), exports.front());
  EXPECT_LT(exports.back(), adoptions.front());
  EXPECT_LT(adoptions.front(), forwards_after.front());
  EXPECT_EQ(move.moved, Bytes(4 * 1000));
  EXPECT_LT(move.started, move.drained);
  EXPECT_LT(move.drained, move.committed);
  // Replicas that were trained must be averaged before they move.
  if (central.schedule.weights != WeightPolicy::kReplicas) return;
  for (const int device : {0, 1}) {
    const auto own = positions(*world, [&](int d, const Op& op) {
      return d == device && op.key.phase == Phase::kTrain && op.key.epoch == 0 &&
             op.key.batch < move.batch;
    });
    EXPECT_EQ(world->performed[own.back()].second.kind, OpKind::kAggregate) << "device " << device;
  }
}

TEST_P(RepartitionTest, StalenessStartsAnewAndVersionsGoOn) {
  replanner.plans = {plan_up_to({{0, 1}, {3, kUnits}})};
  run();
  const int b = world->recorder.repartitions.at(0).batch;
  for (const StageSample& sample : world->recorder.stages) {
    const bool is_new = sample.epoch > 0 || sample.batch >= b;
    const int window = asynchronous() ? (is_new ? 2 : 3) - sample.stage : 1;
    const int start = sample.epoch == 0 && is_new ? b : 0;
    EXPECT_EQ(sample.update_version, sample.epoch * kBatches + sample.batch);
    EXPECT_EQ(sample.forward_version,
              sample.epoch * kBatches + std::max(start, sample.batch - window + 1))
        << "stage " << sample.stage << " batch " << sample.batch;
  }
}

TEST_P(RepartitionTest, SeveralChangesFollowEachOtherAndDevicesComeBack) {
  central.replan.at_batches = {5};
  central.replan.every_batches = 7;
  const Plan first = central.plan;
  replanner.plans = {plan_up_to({{0, kUnits}}), plan_up_to({{0, 3}, {3, kUnits}}), std::nullopt,
                     first};
  run();
  const auto& moves = world->recorder.repartitions;
  ASSERT_EQ(moves.size(), 3u);
  for (std::size_t i = 0; i < moves.size(); ++i) {
    EXPECT_EQ(moves[i].term, i + 1);
    if (i > 0) {
      EXPECT_LE(moves[i - 1].committed, moves[i].started);
    }
  }
  EXPECT_EQ(moves[1].moved, Bytes(3 * 1000));
  EXPECT_EQ(world->recorder.batches.size(), 2u * kBatches);
}

TEST_P(RepartitionTest, AChangeAtTheEndOfAnEpochComesBeforeTheEvaluation) {
  central.replan.at_batches = {kBatches};  // all are admitted, and done
  replanner.plans = {plan_up_to({{0, 1}, {3, kUnits}})};
  run();
  const RepartitionSample& move = world->recorder.repartitions.at(0);
  EXPECT_EQ(move.batch, kBatches);
  EXPECT_LE(move.committed, world->recorder.epochs.at(0).trained);
  for (const auto& [device, op] : world->performed) {
    if (op.kind == OpKind::kEvaluate && op.key.epoch == 0) {
      EXPECT_TRUE(device == 0 || device == 3) << device;
    }
  }
}

TEST_P(RepartitionTest, NothingIsAskedWhenNothingIsLeft) {
  central.replan.at_batches = {2 * kBatches - 1, 2 * kBatches};
  run();
  // One batch of GPipe may be left after the last but one; of 1F1B all have begun.
  EXPECT_THAT(replanner.asked, asynchronous()
                                   ? testing::Matcher<std::vector<std::int64_t>>(testing::IsEmpty())
                                   : testing::Matcher<std::vector<std::int64_t>>(ElementsAre(1)));
}

TEST_P(RepartitionTest, EveryStageReportsEveryFullBatch) {
  run();
  EXPECT_EQ(replanner.observed.size(), static_cast<std::size_t>(3 * 2 * (kBatches - 1)));
  for (const auto& seen : replanner.observed) {
    EXPECT_EQ(seen.units,
              central.plan.stages.at(static_cast<std::size_t>(seen.device.value)).units);
    EXPECT_GT(seen.time.total(), Duration(0));
  }
  std::vector<std::pair<int, int>> links;  // both ways between neighbours
  for (const auto& [ends, rate] : replanner.links) {
    links.emplace_back(ends.first.value, ends.second.value);
    EXPECT_GT(rate, BitsPerSecond(0));
  }
  using Pair = std::pair<int, int>;
  EXPECT_THAT(links, ElementsAre(Pair{0, 1}, Pair{1, 0}, Pair{1, 2}, Pair{2, 1}));
}

TEST_P(RepartitionTest, ALostReportHoldsNothingUp) {
  lost = [](const Frame& frame) {
    return frame.kind == FrameKind::kStageTimes && frame.key.batch % 3 == 1;
  };
  replanner.plans = {plan_up_to({{0, 1}, {3, 5}, {2, kUnits}})};
  run();
  EXPECT_EQ(world->recorder.repartitions.size(), 1u);
  EXPECT_EQ(world->recorder.batches.size(), 2u * kBatches);
}

TEST_P(RepartitionTest, WithoutABetterPlanTrainingIsAsWithoutReplanner) {
  run();
  FakeWorld plain(central, source, sized_result, kWildDelays, GetParam().seed);
  plain.run();
  EXPECT_THAT(replanner.asked, testing::SizeIs(1));
  EXPECT_TRUE(world->recorder.repartitions.empty());
  const auto work_of = [](const FakeWorld& of, int device) {
    std::vector<std::tuple<OpKind, BatchKey, std::int64_t>> work;
    for (const auto& [d, op] : of.performed) {
      if (d == device) work.emplace_back(op.kind, op.key, op.version);
    }
    return work;
  };
  for (const int device : {0, 1, 2}) EXPECT_TRUE(work_of(*world, device) == work_of(plain, device));
}

TEST(ReplanScheduleTest, IsDueAtItsBatchesAndThenEverySoMany) {
  const ReplanSchedule schedule{{10, 100}, 50};
  std::vector<int> due;
  for (int batch = 0; batch <= 260; ++batch) {
    if (schedule.due(batch)) due.push_back(batch);
  }
  EXPECT_THAT(due, ElementsAre(10, 100, 150, 200, 250));
  EXPECT_FALSE((ReplanSchedule{{10}, 0}.due(20)));
  EXPECT_TRUE((ReplanSchedule{{}, 5}.due(5)));
  EXPECT_FALSE((ReplanSchedule{{}, 5}.due(0)));
}

}  // namespace
}  // namespace acceptlab
