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

class StageTimesTest : public ::testing::Test {
 protected:
  Result<std::map<DeviceId, StageTimes>> read(const std::string& rows, BatchRange batches) {
    std::ofstream(folder_.path() / "batches.csv") << kHead << rows;
    return read_stage_times(folder_.path(), batches);
  }
  TemporaryFolder folder_;
};

TEST_F(StageTimesTest, AveragesTheMiniBatchesAskedFor) {
  const auto times = read(
      "0,0,0,3,8,90,90,9,9,9,0,100,0\n"
      "0,1,0,3,8,10,20,1,2,3,4,142,0\n"
      "0,2,0,3,8,12,24,3,4,5,2,194,0\n"
      "0,3,0,3,8,90,90,9,9,9,0,400,0\n",
      {1, 3});
  ASSERT_TRUE(times.ok()) << times.error().message;
  const StageTimes& stage = times.value().at(DeviceId{3});
  EXPECT_EQ(stage.batches, 2);
  EXPECT_EQ(stage.forward, from_milliseconds(11));
  EXPECT_EQ(stage.backward, from_milliseconds(22));
  EXPECT_EQ(stage.encode, from_milliseconds(2));
  EXPECT_EQ(stage.decode, from_milliseconds(3));
  EXPECT_EQ(stage.update, from_milliseconds(4));
  // 47 ms from one finished mini-batch to the next, of which 42 of work and 3 of waiting.
  EXPECT_EQ(stage.between, from_milliseconds(2));
}

TEST_F(StageTimesTest, LeavesOtherEpochsAndPlansOut) {
  const auto times = read(
      "0,0,0,0,8,10,20,0,0,0,0,30,0\n"
      "1,0,0,0,8,50,50,0,0,0,0,90,0\n"
      "0,0,0,1,8,70,70,0,0,0,0,95,1\n",
      {0, 1});
  ASSERT_TRUE(times.ok()) << times.error().message;
  ASSERT_EQ(times.value().size(), 1U);
  EXPECT_EQ(times.value().at(DeviceId{0}).forward, from_milliseconds(10));
  EXPECT_EQ(times.value().at(DeviceId{0}).between, Duration(0));  // nothing to count from
}

TEST_F(StageTimesTest, SaysWhatIsMissing) {
  EXPECT_THAT(read("0,0,0,0,8,1,1,1,1,1,1,1,0\n", {0, 2}).error().message,
              HasSubstr("device 0 has 1 of the 2 mini-batches 0 to 1"));
  EXPECT_THAT(read("", {0, 2}).error().message, HasSubstr("has no mini-batches 0 to 1"));
  EXPECT_THAT(read("0,0,0,0,8,fast,1,1,1,1,1,1,0\n", {0, 1}).error().message,
              HasSubstr("batches.csv:2: column forward_ms: 'fast' is no number"));
  EXPECT_EQ(read_stage_times(folder_.path() / "none", {0, 1}).error().kind, ErrorKind::kConfig);
}

}  // namespace
}  // namespace acceptlab::results
