// The machines as a whole: nodes in a world with random delays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "tests/fakes/fake_world.h"

namespace acceptlab {
namespace {

using fakes::central_of;
using fakes::chain;
using fakes::FakeSource;
using fakes::FakeWorld;

OpResult sized_result(int /*stage*/, const Op& op) {
  OpResult result;
  result.output = Payload::sized(Bytes(10 * op.samples));
  return result;
}

TrainingShape shape_of(std::int64_t train, int batch, int micro = 1, std::int64_t test = 0) {
  TrainingShape shape;
  shape.train_samples = train;
  shape.test_samples = test;
  shape.batch_samples = batch;
  shape.micro_batches = micro;
  shape.evaluation_batch_samples = 7;
  return shape;
}

struct Case {
  int stages;
  std::uint64_t seed;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.stages << " stages, seed " << c.seed; }

std::vector<Case> cases() {
  std::vector<Case> all;
  for (int stages = 1; stages <= 6; ++stages) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) all.push_back({stages, seed});
  }
  return all;
}

constexpr FakeWorld::Delays kWildDelays{Duration(10), Duration(10'000), Duration(0),
                                        Duration(50'000)};

class PipelineTest : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Stages, PipelineTest, testing::ValuesIn(cases()));

TEST_P(PipelineTest, AsynchronousStalenessIsExactlyTheWindowLessOne) {
  const int n = GetParam().stages;
  const TrainingShape shape = shape_of(150, 8);  // 19 mini-batches, the last one shorter
  const auto stages = chain(n, Schedule{}, shape);
  FakeSource source(shape);
  FakeWorld world(central_of(stages), source, sized_result, kWildDelays, GetParam().seed);
  world.run();

  ASSERT_TRUE(world.finished);
  ASSERT_EQ(world.recorder.stages.size(), static_cast<std::size_t>(19 * n));
  for (const StageSample& sample : world.recorder.stages) {
    const int window = n - sample.stage;
    EXPECT_EQ(sample.forward_version, std::max(0, sample.batch - window + 1))
        << "stage " << sample.stage << " batch " << sample.batch;
    EXPECT_EQ(sample.update_version, sample.batch);
    EXPECT_EQ(sample.samples, sample.batch == 18 ? 6 : 8);
  }
}

TEST_P(PipelineTest, AsynchronousNeverExceedsItsWindowAndAlternates) {
  const int n = GetParam().stages;
  const TrainingShape shape = shape_of(96, 8);
  const auto stages = chain(n, Schedule{}, shape);
  FakeSource source(shape);
  FakeWorld world(central_of(stages), source, sized_result, kWildDelays, GetParam().seed);
  world.run();

  for (int stage = 0; stage < n; ++stage) {
    int in_flight = 0;
    int deepest = 0;
    int next_forward = 0;
    int next_backward = 0;
    for (const auto& [where, op] : world.performed) {
      if (where != stage) continue;
      if (op.kind == OpKind::kForward || op.kind == OpKind::kForwardBackward) {
        EXPECT_EQ(op.key.batch, next_forward++);
        ++in_flight;
        deepest = std::max(deepest, in_flight);
      }
      if (op.kind == OpKind::kBackward || op.kind == OpKind::kForwardBackward) {
        EXPECT_EQ(op.key.batch, next_backward++);
        --in_flight;
      }
      EXPECT_EQ(op.slot, op.key.batch % (n - stage));
    }
    EXPECT_EQ(deepest, std::min(n - stage, 12));
    EXPECT_EQ(next_backward, 12);
  }
}

TEST_P(PipelineTest, DrainLosesNoUpdateOverSeveralEpochs) {
  const int n = GetParam().stages;
  const TrainingShape shape = shape_of(50, 8, 1, 30);
  Schedule schedule;
  schedule.weights = WeightPolicy::kReplicas;
  schedule.aggregate_every_batches = 3;
  const auto stages = chain(n, schedule, shape);
  FakeSource source(shape);
  FakeWorld world(central_of(stages, 3), source, sized_result, kWildDelays, GetParam().seed);
  world.run();

  ASSERT_TRUE(world.finished);
  std::set<std::tuple<int, int, int>> updated;
  std::vector<OpKind> latest(static_cast<std::size_t>(n), OpKind::kForward);
  for (const auto& [stage, op] : world.performed) {
    if (op.kind == OpKind::kUpdate) {
      EXPECT_TRUE(updated.insert({stage, op.key.epoch, op.key.batch}).second) << "updated twice";
    }
    // Replicas that were trained must be averaged before they are judged.
    if (op.kind == OpKind::kEvaluate && op.key.batch == 0 && n - stage > 1) {
      EXPECT_EQ(latest[static_cast<std::size_t>(stage)], OpKind::kAggregate);
    }
    latest[static_cast<std::size_t>(stage)] = op.kind;
  }
  EXPECT_EQ(updated.size(), static_cast<std::size_t>(3 * 7 * n));
  EXPECT_EQ(world.recorder.batches.size(), 3u * 7u);
  EXPECT_EQ(world.recorder.epochs.size(), 3u);
}

TEST_P(PipelineTest, SynchronousRunsAllForwardsThenAllBackwardsThenOneUpdate) {
  const int n = GetParam().stages;
  const TrainingShape shape = shape_of(45, 10, 4);  // last mini-batch: 5 samples in 4 micro-batches
  Schedule schedule;
  schedule.kind = ScheduleKind::kSynchronous;
  const auto stages = chain(n, schedule, shape);
  FakeSource source(shape);
  FakeWorld world(central_of(stages), source, sized_result, kWildDelays, GetParam().seed);
  world.run();

  ASSERT_TRUE(world.finished);
  std::vector<std::string> per_stage(static_cast<std::size_t>(n));
  for (const auto& [stage, op] : world.performed) {
    std::string& log = per_stage[static_cast<std::size_t>(stage)];
    if (op.kind == OpKind::kForward) log += "F" + std::to_string(op.key.micro);
    if (op.kind == OpKind::kBackward) log += "B" + std::to_string(op.key.micro);
    if (op.kind == OpKind::kUpdate) log += "U ";
    EXPECT_EQ(op.version, op.kind == OpKind::kForward ? op.key.batch : 0);
  }
  std::string expected;
  for (int batch = 0; batch < 5; ++batch) expected += "F0F1F2F3B3B2B1B0U ";
  EXPECT_THAT(per_stage, testing::Each(expected));
}

TEST(ScheduleTest, FewerSamplesThanMicroBatchesMakeFewerMicroBatches) {
  const TrainingShape shape = shape_of(12, 10, 4);  // second mini-batch: 2 samples
  Schedule schedule;
  schedule.kind = ScheduleKind::kSynchronous;
  const auto stages = chain(2, schedule, shape);
  FakeSource source(shape);
  FakeWorld world(central_of(stages), source, sized_result, {});
  world.run();
  ASSERT_TRUE(world.finished);
  int forwards = 0;
  for (const auto& [stage, op] : world.performed) {
    forwards += stage == 1 && op.kind == OpKind::kForward ? 1 : 0;
  }
  EXPECT_EQ(forwards, 4 + 2);
}

TEST(ScheduleTest, SteadyStateOfABalancedPipelineTakesOneStageTimePerBatch) {
  // Free links, every operation 1000 ns: the middle stages need forward + backward + update.
  const TrainingShape shape = shape_of(400, 4);
  const auto stages = chain(4, Schedule{}, shape);
  FakeSource source(shape);
  FakeWorld world(central_of(stages), source, sized_result, {});
  world.run();
  const auto& batches = world.recorder.batches;
  ASSERT_EQ(batches.size(), 100u);
  const Duration steady = (batches[90].finished - batches[10].finished) / 80;
  EXPECT_EQ(steady, Duration(3000));
}

TEST(ScheduleTest, EvaluationScoresEveryTestSampleOnce) {
  const TrainingShape shape = shape_of(16, 8, 1, 30);
  const auto stages = chain(3, Schedule{}, shape);
  FakeSource source(shape);
  FakeWorld world(
      central_of(stages), source,
      [](int stage, const Op& op) {
        OpResult result = sized_result(stage, op);
        if (stage == 2) result.score = Score{0.5 * op.samples, op.samples / 2, op.samples};
        return result;
      },
      kWildDelays);
  world.run();
  ASSERT_EQ(world.recorder.epochs.size(), 1u);
  const EpochSample& epoch = world.recorder.epochs[0];
  EXPECT_EQ(epoch.test.samples, 30);
  EXPECT_EQ(epoch.train.samples, 16);
  EXPECT_DOUBLE_EQ(epoch.test.loss_sum, 15.0);
  EXPECT_LT(epoch.started, epoch.trained);
  EXPECT_LT(epoch.trained, epoch.evaluated);
}

TEST(ScheduleTest, LearningRateFollowsTheMilestones) {
  const LearningRateSchedule schedule{0.1, {2, 4}, 0.5};
  EXPECT_DOUBLE_EQ(schedule.at(0), 0.1);
  EXPECT_DOUBLE_EQ(schedule.at(1), 0.1);
  EXPECT_DOUBLE_EQ(schedule.at(2), 0.05);
  EXPECT_DOUBLE_EQ(schedule.at(4), 0.025);
}

TEST(ScheduleTest, UpdatesCarryTheLearningRateOfTheirEpoch) {
  const TrainingShape shape = shape_of(16, 8);
  const auto stages = chain(2, Schedule{}, shape);
  FakeSource source(shape);
  CentralConfig central = central_of(stages, 2);
  central.learning_rate = {0.4, {1}, 0.25};
  FakeWorld world(central, source, sized_result, {});
  world.run();
  for (const auto& [stage, op] : world.performed) {
    if (op.kind == OpKind::kUpdate) {
      EXPECT_DOUBLE_EQ(op.learning_rate, op.key.epoch == 0 ? 0.4 : 0.1);
    }
  }
}

TEST(ScheduleTest, CheckpointsAreTakenAtTheirIntervalAndAtTheEnd) {
  const TrainingShape shape = shape_of(16, 8);
  const auto stages = chain(2, Schedule{}, shape);
  FakeSource source(shape);
  CentralConfig central = central_of(stages, 5);
  central.checkpoint_every_epochs = 2;
  FakeWorld world(central, source, sized_result, {});
  world.run();
  std::vector<int> epochs_done;
  for (const RunPosition& next : world.checkpoints.saved) {
    EXPECT_EQ(next.batch, 0);
    epochs_done.push_back(next.epoch);
  }
  EXPECT_THAT(epochs_done, testing::ElementsAre(2, 4, 5));
}

TEST(ScheduleTest, ResumedRunStartsAtItsEpoch) {
  const TrainingShape shape = shape_of(16, 8);
  const auto stages = chain(2, Schedule{}, shape);
  FakeSource source(shape);
  CentralConfig central = central_of(stages, 5);
  central.first.epoch = 3;
  FakeWorld world(central, source, sized_result, {});
  world.run();
  ASSERT_EQ(world.recorder.epochs.size(), 2u);
  EXPECT_EQ(world.recorder.epochs.front().epoch, 3);
  EXPECT_EQ(world.recorder.epochs.back().epoch, 4);
}

class WeightPolicyTest : public testing::TestWithParam<WeightPolicy> {};
INSTANTIATE_TEST_SUITE_P(Policies, WeightPolicyTest,
                         testing::Values(WeightPolicy::kStash, WeightPolicy::kReplicas));

TEST_P(WeightPolicyTest, WaitAndWorkOfAStageAddUpToTheTimeUntilItsLastUpdate) {
  const TrainingShape shape = shape_of(80, 8);
  Schedule schedule;
  schedule.weights = GetParam();
  schedule.aggregate_every_batches = 3;
  const auto stages = chain(3, schedule, shape);
  FakeSource source(shape);
  FakeWorld world(central_of(stages), source, sized_result,
                  {Duration(500), Duration(5'000), Duration(0), Duration(0)});
  world.run();
  for (int stage = 0; stage < 3; ++stage) {
    Duration sum{0};
    TimePoint end{};
    for (const StageSample& sample : world.recorder.stages) {
      if (sample.stage != stage) continue;
      sum += sample.wait + sample.cost.total();
      end = std::max(end, sample.finished);
    }
    EXPECT_EQ(sum, end - TimePoint{});
  }
}

}  // namespace
}  // namespace acceptlab
