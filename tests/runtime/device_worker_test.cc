// A device's machine alone, as a script of frames in and effects out.
#include "runtime/device_worker.h"

#include <gtest/gtest.h>

#include "runtime/plan_payload.h"
#include "runtime/recovery_payload.h"
#include "tests/fakes/scripted_replanner.h"

namespace acceptlab {
namespace {

using fakes::plan_up_to;

// Devices 0 and 1 hold units 1..2 and 3..4 of 4; one mini-batch of 8 samples an epoch.
class DeviceWorkerTest : public testing::Test {
 protected:
  DeviceWorkerTest() {
    training.shape.train_samples = 8;
    training.shape.batch_samples = 8;
  }

  DeviceWorker worker_on(int device) {
    return {DeviceId{device}, PlanInForce{0, plan_up_to({{0, 2}, {1, 4}}), {}}, training};
  }
  static Frame frame(FrameKind kind, std::uint32_t term) {
    Frame frame;
    frame.kind = kind;
    frame.term = term;
    return frame;
  }
  static Frame prepare(const Plan& next) {
    Frame prepare = frame(FrameKind::kPrepare, 1);
    prepare.payload = encode_plan(next);
    return prepare;
  }
  static Frame units(FrameKind kind, UnitRange range, std::int64_t bytes = 0) {
    Frame units = frame(kind, 1);
    units.units = range;
    units.payload = Payload::sized(Bytes(bytes));
    return units;
  }

  void arrive(DeviceWorker& worker, int from, const Frame& frame) {
    effects = Effects{};
    worker.handle(TimePoint{}, FrameArrived{DeviceId{from}, frame, TimePoint{}}, effects);
  }
  void done(DeviceWorker& worker, std::int64_t bytes = 0) {
    effects = Effects{};
    OpResult result;
    result.output = Payload::sized(Bytes(bytes));
    worker.handle(TimePoint{}, OpDone{result}, effects);
  }

  std::size_t count() const { return effects.list().size(); }
  const SendFrame& sent(std::size_t i) const { return std::get<SendFrame>(effects.list().at(i)); }
  const Op& op(std::size_t i) const { return std::get<RunOp>(effects.list().at(i)).op; }

  Training training;
  Effects effects;
};

TEST_F(DeviceWorkerTest, GainedUnitsAreFetchedFromTheirOwnerAndReported) {
  DeviceWorker worker = worker_on(1);
  arrive(worker, 0, prepare(plan_up_to({{0, 1}, {1, 4}})));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).to, DeviceId{0});
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kFetch);
  EXPECT_EQ(sent(0).frame.term, 1u);
  EXPECT_EQ(sent(0).frame.units, (UnitRange{1, 2}));

  arrive(worker, 0, units(FrameKind::kUnits, {1, 2}, 77));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).to, kCentralNode);
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kPrepared);
  EXPECT_EQ(sent(0).frame.fetched, Bytes(77));

  Frame commit = frame(FrameKind::kCommit, 1);
  commit.version = 12;
  arrive(worker, 0, commit);
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(op(0).kind, OpKind::kAdopt);
  EXPECT_EQ(op(0).version, 12);
  EXPECT_EQ(op(0).units, (UnitRange{1, 4}));
  ASSERT_TRUE(op(0).next_stage.has_value());
  EXPECT_EQ(op(0).next_stage->term, 1u);
  ASSERT_EQ(op(0).gained.size(), 1u);
  EXPECT_EQ(op(0).gained[0].units, (UnitRange{1, 2}));
}

TEST_F(DeviceWorkerTest, UnitsOfSeveralOwnersAreAwaitedWhateverTheirOrder) {
  DeviceWorker worker = worker_on(2);  // left out so far, has all but the first unit then
  arrive(worker, 0, prepare(plan_up_to({{0, 1}, {2, 4}})));
  ASSERT_EQ(count(), 2u);
  EXPECT_EQ(sent(0).to, DeviceId{0});
  EXPECT_EQ(sent(1).to, DeviceId{1});
  EXPECT_EQ(sent(1).frame.units, (UnitRange{2, 4}));
  arrive(worker, 1, units(FrameKind::kUnits, {2, 4}, 10));
  EXPECT_EQ(count(), 0u);
  arrive(worker, 0, units(FrameKind::kUnits, {1, 2}, 5));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).frame.fetched, Bytes(15));
}

TEST_F(DeviceWorkerTest, AnOwnerAnswersEvenBeforeItIsPreparedItselfAndOneAtATime) {
  DeviceWorker worker = worker_on(1);
  arrive(worker, 0, units(FrameKind::kFetch, {2, 3}));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(op(0).kind, OpKind::kExport);
  EXPECT_EQ(op(0).units, (UnitRange{2, 3}));
  arrive(worker, 2, units(FrameKind::kFetch, {3, 4}));
  EXPECT_EQ(count(), 0u);  // the processor is busy

  done(worker, 30);
  ASSERT_EQ(count(), 2u);
  EXPECT_EQ(sent(0).to, DeviceId{0});
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kUnits);
  EXPECT_EQ(sent(0).frame.units, (UnitRange{2, 3}));
  EXPECT_EQ(sent(0).frame.payload.size(), Bytes(30));
  EXPECT_EQ(op(1).units, (UnitRange{3, 4}));
  done(worker, 40);
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).to, DeviceId{2});
}

TEST_F(DeviceWorkerTest, ADeviceThatLeavesGivesUpItsStage) {
  DeviceWorker worker = worker_on(1);
  arrive(worker, 0, prepare(plan_up_to({{0, 4}})));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kPrepared);
  arrive(worker, 0, frame(FrameKind::kCommit, 1));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(op(0).kind, OpKind::kAdopt);
  EXPECT_FALSE(op(0).next_stage.has_value());
  done(worker);
  EXPECT_EQ(count(), 0u);
}

TEST_F(DeviceWorkerTest, ADeviceThatStaysLeftOutHasNothingToDo) {
  DeviceWorker worker = worker_on(2);
  arrive(worker, 0, prepare(plan_up_to({{0, 1}, {1, 4}})));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kPrepared);
  EXPECT_EQ(sent(0).frame.fetched, Bytes(0));
  arrive(worker, 0, frame(FrameKind::kCommit, 1));
  EXPECT_EQ(count(), 0u);
}

TEST_F(DeviceWorkerTest, FramesOfTheNewPlanWaitForIt) {
  DeviceWorker worker = worker_on(1);
  arrive(worker, 0, prepare(plan_up_to({{0, 1}, {1, 4}})));
  arrive(worker, 0, units(FrameKind::kUnits, {1, 2}));
  Frame labels = frame(FrameKind::kLabels, 1);
  Frame activation = frame(FrameKind::kActivation, 1);
  arrive(worker, 0, activation);  // the neighbour has heard of the commit already
  EXPECT_EQ(count(), 0u);
  arrive(worker, 0, frame(FrameKind::kCommit, 1));
  arrive(worker, 0, frame(FrameKind::kStartPhase, 1));
  arrive(worker, 0, labels);
  EXPECT_EQ(count(), 0u);  // the stage is still being made
  done(worker);
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(op(0).kind, OpKind::kForwardBackward);
  EXPECT_EQ(op(0).units, (UnitRange{1, 4}));
}

TEST_F(DeviceWorkerTest, LateFramesOfAnOlderPlanAreDropped) {
  DeviceWorker worker = worker_on(1);
  arrive(worker, 0, prepare(plan_up_to({{0, 1}, {1, 4}})));
  arrive(worker, 0, units(FrameKind::kUnits, {1, 2}));
  arrive(worker, 0, frame(FrameKind::kCommit, 1));
  done(worker);
  arrive(worker, 0, frame(FrameKind::kStartPhase, 1));
  arrive(worker, 0, frame(FrameKind::kLabels, 1));
  arrive(worker, 0, frame(FrameKind::kActivation, 0));
  EXPECT_EQ(count(), 0u) << "an activation of the old cut was taken for one of the new";
  arrive(worker, 0, frame(FrameKind::kActivation, 1));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(op(0).kind, OpKind::kForwardBackward);
}

TEST_F(DeviceWorkerTest, UnitsAreWrittenOutKeptAndSentToTheDeviceBehind) {
  DeviceWorker worker = worker_on(0);
  Frame replicate = frame(FrameKind::kReplicate, 0);
  replicate.snapshot = {0, 12};
  arrive(worker, 0, replicate);
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(op(0).kind, OpKind::kExport);
  EXPECT_TRUE(op(0).each_unit);
  arrive(worker, 0, frame(FrameKind::kStartPhase, 0));
  EXPECT_EQ(count(), 0u);  // waits

  effects = Effects{};
  OpResult written;
  written.parts = {Payload::of({1}), Payload::of({2})};
  worker.handle(TimePoint{}, OpDone{written}, effects);
  ASSERT_EQ(count(), 3u);
  for (const std::size_t unit : {0U, 1U}) {
    EXPECT_EQ(sent(unit).to, DeviceId{1});
    EXPECT_EQ(sent(unit).frame.kind, FrameKind::kCopy);
    EXPECT_EQ(sent(unit).frame.snapshot, (SnapshotId{0, 12}));
    EXPECT_EQ(sent(unit).frame.units.begin, static_cast<int>(unit));
  }
  EXPECT_EQ(sent(2).frame.kind, FrameKind::kCopied);

  arrive(worker, 0, frame(FrameKind::kProbe, 3));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kAlive);
  EXPECT_EQ(sent(0).frame.term, 3u);
  EXPECT_FALSE(sent(0).frame.empty);
  const auto held = decode_held(sent(0).frame.payload.bytes()).value();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].units, (UnitRange{0, 2}));
}

TEST_F(DeviceWorkerTest, AReturnWaitsForTheOperationUnderWayAndDropsItsResult) {
  DeviceWorker worker = worker_on(1);
  arrive(worker, 0, frame(FrameKind::kStartPhase, 0));
  arrive(worker, 0, frame(FrameKind::kLabels, 0));
  arrive(worker, 0, frame(FrameKind::kActivation, 0));
  ASSERT_EQ(op(0).kind, OpKind::kForwardBackward);

  Frame restore = frame(FrameKind::kRestore, 5);
  restore.snapshot = {0, 12};
  restore.payload = encode_restoration(
      {plan_up_to({{0, 1}, {1, 4}}), {{{0, 1}, DeviceId{0}}, {{1, 4}, DeviceId{0}}}});
  arrive(worker, 0, restore);
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kFetchCopy);
  EXPECT_EQ(sent(0).frame.units, (UnitRange{1, 4}));
  for (int unit = 1; unit < 4; ++unit) {
    Frame part = frame(FrameKind::kUnits, 5);
    part.units = {unit, unit + 1};
    part.payload = Payload::sized(Bytes(10));
    arrive(worker, 0, part);
  }
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kPrepared);
  EXPECT_EQ(sent(0).frame.fetched, Bytes(30));
  Frame commit = frame(FrameKind::kCommit, 5);
  commit.version = 12;
  arrive(worker, 0, commit);
  EXPECT_EQ(count(), 0u);  // the processor is busy
  done(worker);
  ASSERT_EQ(count(), 1u) << "the gradient of a plan that is over was sent";
  EXPECT_EQ(op(0).kind, OpKind::kAdopt);
  EXPECT_TRUE(op(0).restore);
  EXPECT_EQ(op(0).gained.size(), 3u);
  EXPECT_EQ(op(0).version, 12);
  EXPECT_EQ(op(0).next_stage->input_term, 5u);  // what codecs remember begins anew
}

TEST_F(DeviceWorkerTest, ADeviceThatHasRestartedKnowsNothingUntilItIsGivenAPlan) {
  DeviceWorker worker(DeviceId{1}, PlanInForce{}, training);
  for (const FrameKind kind : {FrameKind::kStartPhase, FrameKind::kActivation, FrameKind::kCommit,
                               FrameKind::kEndPhase, FrameKind::kReplicate}) {
    arrive(worker, 0, frame(kind, 0));
    EXPECT_EQ(count(), 0u) << to_string(kind);
  }
  arrive(worker, 0, frame(FrameKind::kProbe, 2));
  EXPECT_TRUE(sent(0).frame.empty);
  Frame restore = frame(FrameKind::kRestore, 2);
  restore.payload = encode_restoration({plan_up_to({{0, 2}, {1, 4}}), {}});
  arrive(worker, 0, restore);
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kPrepared);
  arrive(worker, 0, frame(FrameKind::kCommit, 2));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(op(0).kind, OpKind::kAdopt);
  EXPECT_TRUE(op(0).gained.empty());  // as at the start
}

TEST_F(DeviceWorkerTest, ADamagedFrameIsReported) {
  DeviceWorker worker = worker_on(1);
  effects = Effects{};
  worker.handle(TimePoint{}, FrameDamaged{DeviceId{0}, frame(FrameKind::kActivation, 0)}, effects);
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(sent(0).to, kCentralNode);
  EXPECT_EQ(sent(0).frame.kind, FrameKind::kFailed);
}

}  // namespace
}  // namespace acceptlab
