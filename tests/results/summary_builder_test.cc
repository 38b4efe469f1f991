#include "results/summary_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace acceptlab::results {
namespace {

using namespace acceptlab::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TimePoint at(Duration time) { return TimePoint(time); }

// Two stages; nothing predicted, no warm-up, unless a test says so.
RunDescription two_stages() {
  RunDescription d;
  d.plan.stages = {{DeviceId{0}, UnitRange{0, 3}}, {DeviceId{2}, UnitRange{3, 5}}};
  d.device_names = {"server", "spare", "board"};
  return d;
}

BatchSample batch(int epoch, int index, Duration admitted, Duration finished) {
  return {epoch, index, 10, at(admitted), at(finished), Score{}};
}

StageSample work(int stage, int index, Duration forward) {
  StageSample sample;
  sample.stage = stage;
  sample.batch = index;
  sample.cost.forward = forward;
  return sample;
}

EpochSample epoch_end(int epoch, Duration started, Duration trained, Duration evaluated) {
  EpochSample sample;
  sample.epoch = epoch;
  sample.started = at(started);
  sample.trained = at(trained);
  sample.evaluated = at(evaluated);
  return sample;
}

MessageSpan message(int from, int to, Phase phase, Bytes size) {
  MessageSpan span;
  span.from = DeviceId{from};
  span.to = DeviceId{to};
  span.key.phase = phase;
  span.size = size;
  return span;
}

TEST(SummaryBuilderTest, BitsPerValueAreOfWhatCrossedTheCuts) {
  RunDescription d = two_stages();
  d.unit_output_values = {1000, 1000, 100, 1000, 10};  // 100 values a sample cross behind unit 3
  SummaryBuilder builder(d);
  StageSample first = work(0, 0, 1ms);
  first.samples = 8;
  first.activation_sent = Bytes(400);
  StageSample second = work(1, 0, 1ms);
  second.samples = 8;
  second.gradient_sent = Bytes(100);
  builder.add(first);
  builder.add(second);
  const RunSummary summary = builder.summarise({});
  EXPECT_DOUBLE_EQ(summary.activation_bits_per_value.value(), 4.0);
  EXPECT_DOUBLE_EQ(summary.gradient_bits_per_value.value(), 1.0);
  EXPECT_FALSE(SummaryBuilder(two_stages()).summarise({}).activation_bits_per_value.has_value());
}

TEST(SummaryBuilderTest, ChangesOfCodecsAreToldByName) {
  RunDescription d = two_stages();
  d.codec_names = {"none", "mbq4/suq8"};
  SummaryBuilder builder(d);
  RepartitionSample change;
  change.before = change.after = d.plan;
  change.after.stages[0].codec = 1;
  builder.add(change);
  const RunSummary summary = builder.summarise({});
  ASSERT_EQ(summary.repartitions.size(), 1u);
  EXPECT_EQ(summary.repartitions[0].plan_before, "0:1..3 (none) 2:4..5");
  EXPECT_EQ(summary.repartitions[0].plan_after, "0:1..3 (mbq4/suq8) 2:4..5");
  EXPECT_EQ(summary.repartitions[0].drain_ms, 0.0);
}

TEST(SummaryBuilderTest, TimePerBatchRunsFromTheLastWarmupFinishToTheLastFinish) {
  RunDescription d = two_stages();
  d.warmup_batches = 1;
  SummaryBuilder builder(d);
  builder.add(batch(0, 0, 0ms, 100ms));  // fills the pipeline
  builder.add(batch(0, 1, 10ms, 120ms));
  builder.add(batch(0, 2, 20ms, 130ms));
  builder.add(batch(0, 3, 30ms, 160ms));
  const RunSummary s = builder.summarise({});
  EXPECT_EQ(s.batches, 4);
  EXPECT_EQ(s.measured_batches, 3);
  EXPECT_DOUBLE_EQ(s.time_per_batch_ms, 20.0);         // (160 - 100) / 3
  EXPECT_DOUBLE_EQ(s.median_time_per_batch_ms, 20.0);  // of 20, 10, 30
  EXPECT_DOUBLE_EQ(s.samples_per_s, 500.0);            // 30 in 60 ms
}

TEST(SummaryBuilderTest, WithoutWarmupTimeRunsFromTheFirstAdmission) {
  SummaryBuilder builder(two_stages());
  builder.add(batch(0, 0, 10ms, 100ms));
  builder.add(batch(0, 1, 20ms, 130ms));
  const RunSummary s = builder.summarise({});
  EXPECT_DOUBLE_EQ(s.time_per_batch_ms, 60.0);
  EXPECT_DOUBLE_EQ(s.median_time_per_batch_ms, 60.0);  // of 90 and 30
}

TEST(SummaryBuilderTest, TimeBetweenEpochsIsNotMeasured) {
  RunDescription d = two_stages();
  d.warmup_batches = 1;
  SummaryBuilder builder(d);
  for (int e = 0; e < 2; ++e) {
    const Duration start = e * 1000ms;
    builder.add(batch(e, 0, start, start + 100ms));
    builder.add(batch(e, 1, start, start + 150ms));
    builder.add(epoch_end(e, start, start + 150ms, start + 400ms));
  }
  const RunSummary s = builder.summarise({});
  EXPECT_DOUBLE_EQ(s.time_per_batch_ms, 50.0);
  EXPECT_EQ(s.measured_batches, 2);
  EXPECT_DOUBLE_EQ(s.train_s, 0.3);
  EXPECT_DOUBLE_EQ(s.evaluation_s, 0.5);
  EXPECT_DOUBLE_EQ(s.total_s, 1.4);
}

TEST(SummaryBuilderTest, ARunOfNothingButWarmupIsMeasuredWholeAndSaysSo) {
  RunDescription d = two_stages();
  d.warmup_batches = 10;
  SummaryBuilder builder(d);
  builder.add(batch(0, 0, 0ms, 100ms));
  builder.add(batch(0, 1, 0ms, 140ms));
  const RunSummary s = builder.summarise({});
  EXPECT_DOUBLE_EQ(s.time_per_batch_ms, 70.0);
  EXPECT_EQ(s.warmup_batches, 0);
  EXPECT_THAT(s.warnings, ElementsAre(HasSubstr("all batches were warm-up")));
}

TEST(SummaryBuilderTest, ARunWithoutABatchWarnsAndNamesNoBottleneck) {
  const RunSummary s = SummaryBuilder(two_stages()).summarise({});
  EXPECT_EQ(s.time_per_batch_ms, 0.0);
  EXPECT_EQ(s.bottleneck.kind, "none");
  EXPECT_EQ(s.bubble_percent, 0.0);
  EXPECT_THAT(s.warnings, ElementsAre("no mini-batch finished"));
}

TEST(SummaryBuilderTest, TheStageWithTheMostWorkIsTheBottleneckAndIdleTimeIsTheBubble) {
  SummaryBuilder builder(two_stages());
  builder.add(work(0, 0, 30ms));
  builder.add(work(1, 0, 70ms));
  builder.add(batch(0, 0, 0ms, 100ms));
  const RunSummary s = builder.summarise({});
  EXPECT_DOUBLE_EQ(s.stages[0].busy_percent, 30.0);
  EXPECT_DOUBLE_EQ(s.stages[1].busy_percent, 70.0);
  EXPECT_DOUBLE_EQ(s.bubble_percent, 50.0);
  EXPECT_EQ(s.bottleneck.kind, "stage");
  EXPECT_EQ(s.bottleneck.name, "stage 1 on device 2 (board), units 4..5");
  EXPECT_DOUBLE_EQ(s.bottleneck.busy_ms, 70.0);
}

TEST(SummaryBuilderTest, BusyShareDoesNotPassAHundredPercent) {
  SummaryBuilder builder(two_stages());
  builder.add(work(1, 0, 130ms));
  builder.add(batch(0, 0, 0ms, 100ms));
  EXPECT_DOUBLE_EQ(builder.summarise({}).stages[1].busy_percent, 100.0);
}

TEST(SummaryBuilderTest, StageMeansLeaveOutTheWarmup) {
  RunDescription d = two_stages();
  d.warmup_batches = 1;
  SummaryBuilder builder(d);
  for (int b = 0; b < 3; ++b) {
    StageSample sample;
    sample.stage = 1;
    sample.batch = b;
    sample.cost = {1ms, b * 10ms, b * 20ms, 2ms, 3ms};  // decode, forward, backward, encode, update
    sample.wait = b * 1ms;
    sample.gradient_sent = Bytes(b * 100);
    sample.update_version = b;
    builder.add(sample);
    builder.add(batch(0, b, 0ms, (b + 1) * 100ms));
  }
  const RunSummary s = builder.summarise({});
  EXPECT_DOUBLE_EQ(s.stages[1].compute_ms, 45.0);  // of 30 and 60
  EXPECT_DOUBLE_EQ(s.stages[1].codec_ms, 3.0);
  EXPECT_DOUBLE_EQ(s.stages[1].update_ms, 3.0);
  EXPECT_DOUBLE_EQ(s.stages[1].busy_ms, 51.0);
  EXPECT_DOUBLE_EQ(s.stages[1].wait_ms, 1.5);
  EXPECT_DOUBLE_EQ(s.stages[1].gradient_bytes, 150.0);
  EXPECT_EQ(s.stages[1].max_staleness_updates, 2);
  EXPECT_EQ(s.gradient_bytes, 300);
  EXPECT_EQ(s.stages[0].compute_ms, 0.0);
}

// Two stages, then device 2 takes all. 10 ms a batch, a gap of 300 ms, then 20 ms a batch.
TEST(SummaryBuilderTest, AChangeOfThePlanIsToldWithTheTimesBeforeAndAfter) {
  RunDescription d = two_stages();
  d.warmup_batches = 1;
  SummaryBuilder builder(d);
  const auto train = [&builder](int index, int stages, Duration finished, Duration step) {
    for (int stage = stages - 1; stage >= 0; --stage) builder.add(work(stage, index, step));
    builder.add(batch(0, index, finished - step, finished));
  };
  for (int i = 0; i < 4; ++i) train(i, 2, 10ms * (i + 1), 10ms);
  RepartitionSample change;
  change.batch = 4;
  change.started = at(40ms);
  change.drained = at(140ms);
  change.committed = at(340ms);
  change.moved = Bytes(5000);
  change.before = d.plan;
  change.after.stages = {{DeviceId{2}, {0, 5}, 22ms}};
  change.after.predicted_time = 22ms;
  change.predicted_gain = 3ms;
  change.predicted_cost = 90ms;
  builder.add(change);
  for (int i = 4; i < 8; ++i) train(i, 1, 300ms + 20ms * (i - 1), 20ms);
  builder.add(epoch_end(0, 0ms, 420ms, 420ms));
  const RunSummary s = builder.summarise({});

  ASSERT_EQ(s.repartitions.size(), 1u);
  const RepartitionSummary& told = s.repartitions[0];
  EXPECT_EQ(told.batch, 4);
  EXPECT_EQ(told.plan_before, "0:1..3 2:4..5");
  EXPECT_EQ(told.plan_after, "2:1..5");
  EXPECT_DOUBLE_EQ(told.drain_ms, 100.0);
  EXPECT_DOUBLE_EQ(told.move_ms, 200.0);
  EXPECT_EQ(told.moved_bytes, 5000);
  ASSERT_TRUE(told.before_ms && told.after_ms);
  EXPECT_DOUBLE_EQ(*told.before_ms, 10.0);
  EXPECT_DOUBLE_EQ(*told.after_ms, 20.0);
  // The whole run includes what the change took; stages are those of the last plan alone.
  EXPECT_DOUBLE_EQ(s.time_per_batch_ms, (420.0 - 10.0) / 7);
  ASSERT_EQ(s.stages.size(), 1u);
  EXPECT_EQ(s.stages[0].device, DeviceId{2});
  EXPECT_DOUBLE_EQ(s.stages[0].compute_ms, 20.0);
  EXPECT_DOUBLE_EQ(s.stages[0].busy_percent, 100.0);
  EXPECT_TRUE(s.cuts.empty());
  EXPECT_NEAR(*s.prediction_error_percent, 10.0, 1e-9);
}

// Four batches of 10 ms, then back to the second, by another plan with 20 ms a batch.
TEST(SummaryBuilderTest, ABatchThatIsTrainedAgainCountsOnceWithAllItsTime) {
  RunDescription d = two_stages();
  d.warmup_batches = 1;
  SummaryBuilder builder(d);
  const auto train = [&builder](int index, Duration finished, Duration step) {
    builder.add(work(0, index, step));
    builder.add(batch(0, index, finished - step, finished));
  };
  for (int i = 0; i < 4; ++i) train(i, 10ms * (i + 1), 10ms);
  RecoverySample recovery;
  recovery.term = 1;
  recovery.batch = 4;
  recovery.version = 4;
  recovery.resumed_batch = 1;
  recovery.resumed = {0, 1};
  recovery.detected = at(100ms);
  recovery.committed = at(200ms);
  recovery.after.stages = {{DeviceId{0}, {0, 5}, 22ms}};
  builder.add(recovery);
  for (int i = 1; i < 6; ++i) train(i, 200ms + 20ms * i, 20ms);
  builder.add(epoch_end(0, 0ms, 300ms, 300ms));
  const RunSummary s = builder.summarise({});
  EXPECT_EQ(s.batches, 9);
  EXPECT_EQ(s.measured_batches, 5);
  EXPECT_DOUBLE_EQ(s.time_per_batch_ms, (300.0 - 10.0) / 5);
  EXPECT_DOUBLE_EQ(s.median_time_per_batch_ms, 20.0);
  ASSERT_EQ(s.stages.size(), 1u);
  EXPECT_DOUBLE_EQ(s.stages[0].compute_ms, 20.0);
  ASSERT_EQ(s.recoveries.size(), 1u);
  EXPECT_EQ(s.recoveries[0].retrained_batches, 3);
  EXPECT_EQ(s.recoveries[0].recover_ms, 100.0);
  EXPECT_EQ(s.recoveries[0].retrain_ms, 60.0);  // as the fourth batch is done again
  EXPECT_EQ(s.recoveries[0].total_ms, 160.0);
}

TEST(SummaryBuilderTest, ALinksTimeForEvaluationIsNotChargedToTraining) {
  SummaryBuilder builder(two_stages());
  builder.add(message(0, 2, Phase::kTrain, Bytes(300)));
  builder.add(message(0, 2, Phase::kEvaluate, Bytes(100)));
  builder.add(work(0, 0, 90ms));
  builder.add(work(0, 1, 110ms));
  builder.add(batch(0, 0, 0ms, 100ms));
  builder.add(batch(0, 1, 0ms, 200ms));
  LinkRow row;
  row.to = DeviceId{2};
  row.busy = 400ms;
  row.observed = 800ms;
  RunEnd end;
  end.links = {row};
  const RunSummary s = builder.summarise(end);
  EXPECT_DOUBLE_EQ(s.links[0].busy_ms, 150.0);  // three quarters of 400 ms over 2 batches
  EXPECT_DOUBLE_EQ(s.links[0].utilisation_percent, 50.0);
  EXPECT_EQ(s.bottleneck.name, "link from device 0 to device 2");
}

TEST(SummaryBuilderTest, WithoutLinkRowsTransferTimesDecideTheBottleneck) {
  SummaryBuilder builder(two_stages());
  StageSample first;
  first.cost.forward = 60ms;
  first.gradient_transfer = 80ms;
  StageSample second;
  second.stage = 1;
  second.activation_transfer = 30ms;
  builder.add(first);
  builder.add(second);
  builder.add(batch(0, 0, 0ms, 100ms));
  const RunSummary s = builder.summarise({});
  EXPECT_DOUBLE_EQ(s.cuts[0].transfer_ms(), 110.0);
  EXPECT_EQ(s.bottleneck.name, "link from device 2 to device 0");
  EXPECT_DOUBLE_EQ(s.bottleneck.busy_ms, 80.0);
}

TEST(SummaryBuilderTest, ThePlansErrorIsRelativeToTheMeasuredTime) {
  RunDescription d = two_stages();
  d.plan.predicted_time = 80ms;
  SummaryBuilder builder(d);
  builder.add(batch(0, 0, 0ms, 100ms));
  const RunSummary s = builder.summarise({});
  EXPECT_DOUBLE_EQ(*s.predicted_time_per_batch_ms, 80.0);
  EXPECT_NEAR(*s.prediction_error_percent, -20.0, 1e-9);
  EXPECT_FALSE(SummaryBuilder(two_stages()).summarise({}).predicted_time_per_batch_ms);
}

TEST(SummaryBuilderTest, WarnsOnlyWhenOneDeviceAloneWouldBeFaster) {
  SummaryBuilder builder(two_stages());
  builder.add(batch(0, 0, 0ms, 100ms));
  RunEnd end;
  end.single_device = 60ms;
  const RunSummary slower = builder.summarise(end);
  EXPECT_DOUBLE_EQ(*slower.speedup_over_single, 0.6);
  EXPECT_THAT(slower.warnings, ElementsAre(HasSubstr("one device alone would be faster")));
  end.single_device = 150ms;
  EXPECT_THAT(builder.summarise(end).warnings, IsEmpty());
}

TEST(SummaryBuilderTest, LossAndAccuracyAreThoseOfTheLastEpochThatComputedThem) {
  SummaryBuilder builder(two_stages());
  builder.add(batch(0, 0, 0ms, 100ms));
  EpochSample first = epoch_end(0, 0ms, 100ms, 200ms);
  first.train = {50.0, 4, 20};
  first.test = {30.0, 6, 10};
  EpochSample second = epoch_end(1, 200ms, 300ms, 300ms);
  second.train = {10.0, 15, 20};
  builder.add(first);
  builder.add(second);
  const RunSummary s = builder.summarise({});
  EXPECT_DOUBLE_EQ(*s.train_loss_nats, 0.5);
  EXPECT_DOUBLE_EQ(*s.train_accuracy_percent, 75.0);
  EXPECT_DOUBLE_EQ(*s.test_accuracy_percent, 60.0);
  EXPECT_THAT(s.warnings, IsEmpty());
}

TEST(SummaryBuilderTest, CodecMemoryIsThatOfTheStages) {
  EXPECT_EQ(SummaryBuilder(two_stages()).summarise({}).codec_memory_bytes, 0);
  RunDescription d = two_stages();
  d.codec_memory = {Bytes(100), Bytes(20)};
  const RunSummary s = SummaryBuilder(d).summarise({});
  EXPECT_EQ(s.stages[0].codec_memory_bytes, 100);
  EXPECT_EQ(s.stages[1].codec_memory_bytes, 20);
  EXPECT_EQ(s.codec_memory_bytes, 120);
}

TEST(SummaryBuilderTest, SyntheticDataAndDivergedTrainingAreWarnedOf) {
  RunDescription d = two_stages();
  d.synthetic_data = true;
  SummaryBuilder builder(d);
  builder.add(batch(0, 0, 0ms, 100ms));
  EpochSample epoch = epoch_end(0, 0ms, 100ms, 100ms);
  epoch.train = {std::nan(""), 0, 10};
  builder.add(epoch);
  EXPECT_THAT(builder.summarise({}).warnings,
              ElementsAre(HasSubstr("synthetic"), HasSubstr("diverged")));
}

}  // namespace
}  // namespace acceptlab::results
