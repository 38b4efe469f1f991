#include "results/timeline_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

using namespace acceptlab::literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kGolden = R"json([
{"ph":"M","pid":1000000,"name":"process_name","args":{"name":"links"}},
{"ph":"M","pid":1000000,"name":"process_sort_index","args":{"sort_index":1000000}},
{"ph":"M","pid":2,"name":"process_name","args":{"name":"device 1 (my \"board\")"}},
{"ph":"M","pid":2,"name":"process_sort_index","args":{"sort_index":2}},
{"ph":"M","pid":2,"tid":1,"name":"thread_name","args":{"name":"compute"}},
{"ph":"M","pid":2,"tid":1,"name":"thread_sort_index","args":{"sort_index":1}},
{"ph":"M","pid":2,"tid":2,"name":"thread_name","args":{"name":"codec"}},
{"ph":"M","pid":2,"tid":2,"name":"thread_sort_index","args":{"sort_index":2}},
{"ph":"M","pid":2,"tid":3,"name":"thread_name","args":{"name":"wait"}},
{"ph":"M","pid":2,"tid":3,"name":"thread_sort_index","args":{"sort_index":3}},
{"ph":"X","pid":2,"tid":2,"ts":10000.000,"dur":1000.000,"cat":"decode","name":"decode 0","args":{"epoch":0,"batch":0,"micro":0,"stage":1}},
{"ph":"X","pid":2,"tid":1,"ts":11000.000,"dur":2000.000,"cat":"forward","name":"forward 0","args":{"epoch":0,"batch":0,"micro":0,"stage":1}},
{"ph":"X","pid":2,"tid":2,"ts":13000.000,"dur":0.001,"cat":"encode","name":"encode 0","args":{"epoch":0,"batch":0,"micro":0,"stage":1}},
{"ph":"M","pid":1000000,"tid":1,"name":"thread_name","args":{"name":"device 1 to device 2"}},
{"ph":"M","pid":1000000,"tid":1,"name":"thread_sort_index","args":{"sort_index":1}},
{"ph":"X","pid":1000000,"tid":1,"ts":13000.001,"dur":6999.999,"cat":"activation","name":"activation 0","args":{"epoch":0,"batch":0,"micro":0,"bytes":500}}
]
)json";

OpSpan forward(int batch, Duration started, OpCost cost) {
  return {
      1,   DeviceId{1}, OpKind::kForward, BatchKey{Phase::kTrain, 0, batch, 0}, TimePoint(started),
      cost};
}

MessageSpan activation(int batch, Duration sent, Duration received) {
  return {
      DeviceId{1}, DeviceId{2},     FrameKind::kActivation, BatchKey{Phase::kTrain, 0, batch, 0},
      Bytes(500),  TimePoint(sent), TimePoint(received)};
}

class TimelineWriterTest : public testing::Test {
 protected:
  TimelineWriterTest() {
    description_.device_names = {"server", "my \"board\""};
    description_.timeline_batches = 2;
  }
  TimelineWriter open() const { return TimelineWriter(path(), description_); }
  std::filesystem::path path() const { return folder_.path() / "timeline.json"; }

  TemporaryFolder folder_;
  RunDescription description_;
};

TEST_F(TimelineWriterTest, WritesAnOperationAndAMessage) {
  TimelineWriter writer = open();
  writer.add(forward(0, 10ms, {1ms, 2ms, 0ms, 1ns, 0ms}));
  writer.add(activation(0, 13ms + 1ns, 20ms));
  writer.close();
  EXPECT_TRUE(writer.good());
  EXPECT_EQ(content_of(path()), kGolden);
}

TEST_F(TimelineWriterTest, WaitsBetweenOperationsShow) {
  TimelineWriter writer = open();
  writer.add(forward(0, 10ms, {0ms, 2ms, 0ms, 0ms, 0ms}));
  writer.add(forward(1, 15ms, {0ms, 2ms, 0ms, 0ms, 0ms}));
  EXPECT_THAT(content_of(path()), HasSubstr(R"("ts":12000.000,"dur":3000.000,"cat":"wait")"));
}

TEST_F(TimelineWriterTest, OnlyTheFirstBatchesOfTheFirstEpochAreWritten) {
  TimelineWriter writer = open();
  OpSpan later = forward(0, 1ms, {0ms, 2ms, 0ms, 0ms, 0ms});
  later.key.epoch = 1;
  OpSpan evaluation = forward(0, 1ms, {0ms, 2ms, 0ms, 0ms, 0ms});
  evaluation.key.phase = Phase::kEvaluate;
  const std::string before = content_of(path());
  writer.add(later);
  writer.add(evaluation);
  writer.add(forward(2, 1ms, {0ms, 2ms, 0ms, 0ms, 0ms}));
  writer.add(activation(2, 1ms, 2ms));
  EXPECT_EQ(content_of(path()), before);
}

TEST_F(TimelineWriterTest, WorkOnAnUndrawnBatchIsNotAWait) {
  TimelineWriter writer = open();
  writer.add(forward(0, 0ms, {0ms, 2ms, 0ms, 0ms, 0ms}));
  writer.add(forward(2, 2ms, {0ms, 5ms, 0ms, 0ms, 0ms}));
  writer.add(forward(1, 8ms, {0ms, 2ms, 0ms, 0ms, 0ms}));
  EXPECT_THAT(content_of(path()), HasSubstr(R"("ts":7000.000,"dur":1000.000,"cat":"wait")"));
}

TEST_F(TimelineWriterTest, MessagesThatOverlapGetRowsOfTheirOwn) {
  TimelineWriter writer = open();
  writer.add(activation(0, 0ms, 10ms));
  writer.add(activation(0, 5ms, 15ms));
  writer.add(activation(1, 10ms, 20ms));  // fits the first row again
  const std::string text = content_of(path());
  EXPECT_THAT(text, HasSubstr("device 1 to device 2 (2)"));
  EXPECT_THAT(text, Not(HasSubstr("device 1 to device 2 (3)")));
  EXPECT_THAT(text, HasSubstr(R"("tid":2,"ts":5000.000)"));
  EXPECT_THAT(text, HasSubstr(R"("tid":1,"ts":10000.000)"));
}

TEST_F(TimelineWriterTest, AChangeOfCodecsIsAMoment) {
  {
    TimelineWriter writer = open();
    RepartitionSample change;
    change.batch = 1;
    change.before.stages = {{DeviceId{0}, {0, 2}, Duration(0)}};
    change.after.stages = change.before.stages;
    change.after.stages[0].codec = 1;
    change.started = change.drained = change.committed = TimePoint(10ms);
    writer.add(change);
    writer.close();
  }
  const std::string text = content_of(path());
  EXPECT_THAT(text, HasSubstr(R"("ts":10000.000,"cat":"recode","name":"recode 1")"));
  EXPECT_THAT(text, Not(HasSubstr("drain")));
}

TEST_F(TimelineWriterTest, AChangeOfThePlanShowsAsDrainAndMove) {
  {
    TimelineWriter writer = open();
    RepartitionSample change;
    change.batch = 1;
    change.started = TimePoint(10ms);
    change.drained = TimePoint(15ms);
    change.committed = TimePoint(40ms);
    change.moved = Bytes(77);
    change.before.stages = {{DeviceId{0}, {0, 2}, Duration(0)}};
    change.after.stages = {{DeviceId{0}, {0, 1}, Duration(0)}, {DeviceId{1}, {1, 2}, Duration(0)}};
    writer.add(change);
    change.batch = 2;  // beyond the timeline
    writer.add(change);
    MessageSpan units = activation(1, 16ms, 30ms);
    units.kind = FrameKind::kUnits;
    writer.add(units);
    OpSpan adopt = forward(1, 41ms, {});
    adopt.kind = OpKind::kAdopt;
    adopt.cost.update = 2ms;
    writer.add(adopt);
    writer.close();
  }
  const std::string text = content_of(path());
  EXPECT_THAT(text, HasSubstr(R"("args":{"name":"repartition"})"));
  EXPECT_THAT(text, HasSubstr(R"("ts":10000.000,"dur":5000.000,"cat":"drain","name":"drain 1")"));
  EXPECT_THAT(text, HasSubstr(R"("ts":15000.000,"dur":25000.000,"cat":"move","name":"move 1")"));
  EXPECT_THAT(text, HasSubstr(R"("bytes":77)"));
  EXPECT_THAT(text, HasSubstr(R"("ts":16000.000,"dur":14000.000,"cat":"move")"));
  EXPECT_THAT(text, HasSubstr(R"("ts":41000.000,"dur":2000.000,"cat":"move")"));
  EXPECT_THAT(text, Not(HasSubstr("recode")));
  EXPECT_THAT(text, Not(HasSubstr("move 2")));
}

TEST_F(TimelineWriterTest, FramesOfAPhaseAreNotDrawn) {
  TimelineWriter writer = open();
  const std::string before = content_of(path());
  MessageSpan done = activation(0, 1ms, 2ms);
  done.kind = FrameKind::kPhaseDone;
  writer.add(done);
  EXPECT_EQ(content_of(path()), before);
}

}  // namespace
}  // namespace acceptlab::results
