#include "results/sweep_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/csv.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

using testing::HasSubstr;

constexpr const char* kGolden =
    "point,run,status,network.bandwidth_mbit_s,method,bandwidth_mbit_s,time_per_batch_ms,"
    "median_time_per_batch_ms,samples_per_s,single_device_ms,speedup_over_single,"
    "predicted_time_per_batch_ms,prediction_error_percent,stages,bubble_percent,bottleneck,"
    "bottleneck_busy_ms,batches,measured_batches,train_s,evaluation_s,activation_bytes,"
    "gradient_bytes,activation_bits_per_value,gradient_bits_per_value,train_loss_nats,"
    "train_accuracy_percent,test_loss_nats,test_accuracy_percent,data_set,network_model,cost_"
    "source\n"
    "0,points/0,ok,10,even,10.000000,100.500000,99.000000,320.000,150.000000,1.4925,,,1,12.500,"
    "\"stage 0 on device 0, units 1..5\",88.000000,50,40,5.000000,0.500000,1000,2000,4.2500,,"
    "0.400000,90.0000,,,fashion-mnist (synthetic),packet,profile\n"
    "1,,failed: a link stalled,20,ftpipehd,,,,,,,,,,,,,,,,,,,,,,,,,,,\n";

SweepRow finished_row() {
  RunSummary s;
  s.method = "even";
  s.bandwidth_mbit_s = 10.0;
  s.time_per_batch_ms = 100.5;
  s.median_time_per_batch_ms = 99.0;
  s.samples_per_s = 320.0;
  s.single_device_ms = 150.0;
  s.speedup_over_single = 150.0 / 100.5;
  s.stages.resize(1);
  s.bubble_percent = 12.5;
  s.bottleneck = {"stage", "stage 0 on device 0, units 1..5", 88.0};
  s.batches = 50;
  s.measured_batches = 40;
  s.train_s = 5.0;
  s.evaluation_s = 0.5;
  s.activation_bytes = 1000;
  s.gradient_bytes = 2000;
  s.activation_bits_per_value = 4.25;
  s.train_loss_nats = 0.4;
  s.train_accuracy_percent = 90.0;
  s.data_set = "fashion-mnist";
  s.synthetic_data = true;
  s.network_model = "packet";
  s.cost_source = "profile";
  return {0, {{"method", "even"}, {"network.bandwidth_mbit_s", "10"}}, "points/0", s, ""};
}

SweepRow failed_row() {
  return {1,
          {{"method", "ftpipehd"}, {"network.bandwidth_mbit_s", "20"}},
          "",
          std::nullopt,
          "a link stalled"};
}

TEST(SweepCsvTest, FollowsItsSchema) {
  EXPECT_EQ(sweep_to_csv({finished_row(), failed_row()}), kGolden);
}

TEST(SweepCsvTest, RewritingReplacesTheFileWhole) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_sweep(folder.path(), {finished_row()}).ok());
  ASSERT_TRUE(write_sweep(folder.path(), {finished_row(), failed_row()}).ok());
  EXPECT_EQ(content_of(folder.path() / "sweep.csv"), kGolden);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "sweep.csv.tmp"));
}

TEST(SweepCsvTest, KeysAndErrorsWithCommasStayInTheirColumn) {
  const TemporaryFolder folder;
  SweepRow row = failed_row();
  row.values = {{"devices[1].slowdown", "[1, 2]"}};
  row.error = "first, second";
  ASSERT_TRUE(write_sweep(folder.path(), {row}).ok());
  const auto table = read_csv(folder.path() / "sweep.csv");
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table.value().at(0, "devices[1].slowdown"), "[1, 2]");
  EXPECT_EQ(table.value().at(0, "status"), "failed: first, second");
}

TEST(SweepCsvTest, ASweepWithoutPointsHasAHeader) {
  EXPECT_THAT(sweep_to_csv({}), HasSubstr("point,run,status,method,"));
}

TEST(SweepCsvTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_FALSE(write_sweep("no/such/folder", {finished_row()}).ok());
}

TEST(SweepCsvDeathTest, RowsWithDifferentKeysAreABug) {
  SweepRow other = failed_row();
  other.values.pop_back();
  EXPECT_DEATH((void)sweep_to_csv({finished_row(), other}), "invariant broken");
}

}  // namespace
}  // namespace acceptlab::results
