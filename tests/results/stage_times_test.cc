#include "results/stage_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHead =
    "epoch,batch,stage,device,samples,forward_ms,backward_ms,encode_ms,decode_ms,update_ms,wait_ms,"
    "finished_ms,term\n";

class StageRecordsTest : public ::testing::Test {
 protected:
  Result<std::map<DeviceId, StageRecord>> read(const std::string& rows) {
    std::ofstream(folder_.path() / "batches.csv") << kHead << rows;
    return read_stage_records(folder_.path());
  }
  TemporaryFolder folder_;
};

TEST_F(StageRecordsTest, HoldEveryMiniBatchOfTheFirstEpochAndPlan) {
  const auto records = read(
      "0,0,1,3,8,10,20,1,2,3,4,40,0\n"
      "0,0,0,0,8,11,21,1,2,3,5,42,0\n"
      "0,1,1,3,8,12,22,3,4,5,6,87,0\n"
      "1,0,1,3,8,50,50,0,0,0,0,190,0\n"
      "0,0,0,1,8,70,70,0,0,0,0,95,1\n");
  ASSERT_TRUE(records.ok()) << records.error().message;
  ASSERT_EQ(records.value().size(), 2U);
  const StageRecord& stage = records.value().at(DeviceId{3});
  EXPECT_EQ(stage.stage, 1);
  ASSERT_EQ(stage.batches.size(), 2U);
  const BatchTimes& second = stage.batches[1];
  EXPECT_EQ(second.forward, from_milliseconds(12));
  EXPECT_EQ(second.backward, from_milliseconds(22));
  EXPECT_EQ(second.encode, from_milliseconds(3));
  EXPECT_EQ(second.decode, from_milliseconds(4));
  EXPECT_EQ(second.update, from_milliseconds(5));
  EXPECT_EQ(second.wait, from_milliseconds(6));
  EXPECT_EQ(second.finished, from_milliseconds(87));
}

TEST_F(StageRecordsTest, SayWhatIsWrong) {
  EXPECT_THAT(read("0,0,0,0,8,fast,1,1,1,1,1,1,0\n").error().message,
              HasSubstr("batches.csv:2: column forward_ms: 'fast' is no number"));
  EXPECT_THAT(read("0,0,0,0,8,1,1,1,1,1,1,1,0\n0,2,0,0,8,1,1,1,1,1,1,1,0\n").error().message,
              HasSubstr("batches.csv:3: column batch: '2' is not the one that follows"));
  EXPECT_EQ(read_stage_records(folder_.path() / "none").error().kind, ErrorKind::kConfig);
}

BatchTimes batch(int forward_ms, int backward_ms, int wait_ms, int finished_ms) {
  BatchTimes times;
  times.forward = from_milliseconds(forward_ms);
  times.backward = from_milliseconds(backward_ms);
  times.encode = times.decode = times.update = from_milliseconds(1);
  times.wait = from_milliseconds(wait_ms);
  times.finished = from_milliseconds(finished_ms);
  return times;
}

TEST(MeanOf, AveragesTheMiniBatchesAskedFor) {
  const StageRecord record{
      2,
      {batch(90, 90, 0, 100), batch(10, 20, 4, 141), batch(12, 24, 2, 188), batch(9, 9, 9, 400)}};
  const auto mean = mean_of(record, {1, 3}, 1);
  ASSERT_TRUE(mean.ok()) << mean.error().message;
  EXPECT_EQ(mean.value().forward, from_milliseconds(11));
  EXPECT_EQ(mean.value().backward, from_milliseconds(22));
  EXPECT_EQ(mean.value().encode, from_milliseconds(1));
  EXPECT_EQ(mean.value().decode, from_milliseconds(1));
  EXPECT_EQ(mean.value().update, from_milliseconds(1));
  // 44 ms from one finished mini-batch to the next, of which 36 of work and 3 of waiting.
  EXPECT_EQ(mean.value().between, from_milliseconds(5));
  EXPECT_EQ(mean_of(record, {0, 3}, 1).value().between, Duration(0));  // nothing to count from
}

// With three in flight, the forwards of two of the last three mini-batches ran before the first of
// them was finished.
TEST(MeanOf, CountsTheForwardsThatRanBetween) {
  StageRecord record;
  int finished = 0;
  for (int b = 0; b < 6; ++b) {
    finished += 20 + 3 + 2 + (b + 2 < 6 ? 10 : 0);
    record.batches.push_back(batch(10, 20, 0, finished));
  }
  EXPECT_EQ(mean_of(record, {1, 4}, 3).value().between, from_milliseconds(2));
  EXPECT_EQ(mean_of(record, {3, 6}, 3).value().between, from_milliseconds(2));
}

TEST(MeanOf, SaysWhatIsMissing) {
  EXPECT_THAT(mean_of({1, {batch(1, 1, 1, 5)}}, {0, 2}, 1).error().message,
              HasSubstr("stage 1 has the first 1 mini-batches of the epoch, not 0 to 1"));
}

}  // namespace
}  // namespace acceptlab::results
