#include "results/summary_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

using testing::HasSubstr;

RunSummary full_summary() {
  RunSummary s;
  s.name = "quick, \"run\"";
  s.seed = 18446744073709551615ULL;
  s.bandwidth_mbit_s = 2.5;
  s.batches = 12;
  s.time_per_batch_ms = 12.3456784;
  s.stages.resize(2);
  s.stages[1].stage = 1;
  s.stages[1].device = DeviceId{3};
  s.stages[1].device_name = "board";
  s.stages[1].units = UnitRange{4, 9};
  s.stages[1].predicted_ms = 1.5;
  s.stages[1].codec_memory_bytes = 4096;
  s.codec_memory_bytes = 8192;
  s.stages[0].units = UnitRange{0, 4};
  s.cuts = {{0, DeviceId{0}, DeviceId{3}, 2.5, 1.0, 1.25}};
  s.links = {{DeviceId{0}, DeviceId{3}, 1.0, 50.0, 7, 700, 770, 1}};
  s.repartitions = {
      {0, 12, "0:1..4 3:5..9", "0:1..9", 100.5, 20.25, 30.0, 4096, -1.5, 60.0, 12.0, std::nullopt}};
  s.activation_bits_per_value = 4.5;
  s.recoveries.resize(1);
  s.recoveries[0].cause = "late";
  s.recoveries[0].lost = "2 3";
  s.recoveries[0].retrain_ms = 12.5;
  s.recoveries[0].moved_bytes = 77;
  s.recoveries[0].plan_after = "0:1..9";
  s.replication = {3, 2, 4.5, 1000};
  s.bottleneck = {"link", "link from device 0 to device 3", 1.0};
  s.prediction_error_percent = -3.0;
  s.warnings = {"one", "two"};
  return s;
}

TEST(SummaryJsonTest, ReadsBackWhatItWrites) {
  const std::string text = summary_to_json(full_summary());
  const auto read = summary_from_json(text, "summary.json");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const RunSummary& s = read.value();
  EXPECT_EQ(s.seed, 18446744073709551615ULL);
  EXPECT_EQ(s.name, "quick, \"run\"");
  EXPECT_EQ(s.stages[1].units, (UnitRange{4, 9}));
  EXPECT_EQ(s.stages[1].predicted_ms, 1.5);
  EXPECT_FALSE(s.stages[0].predicted_ms.has_value());
  EXPECT_EQ(s.stages[1].codec_memory_bytes, 4096);
  EXPECT_EQ(s.codec_memory_bytes, 8192);
  EXPECT_EQ(s.cuts[0].transfer_ms(), 2.25);
  EXPECT_EQ(s.links[0].dropped_packets, 1);
  ASSERT_EQ(s.repartitions.size(), 1U);
  EXPECT_EQ(s.repartitions[0].plan_before, "0:1..4 3:5..9");
  EXPECT_EQ(s.repartitions[0].moved_bytes, 4096);
  EXPECT_EQ(s.repartitions[0].predicted_gain_ms, -1.5);
  EXPECT_EQ(s.activation_bits_per_value, 4.5);
  EXPECT_FALSE(s.gradient_bits_per_value.has_value());
  EXPECT_EQ(s.repartitions[0].before_ms, 12.0);
  EXPECT_FALSE(s.repartitions[0].after_ms.has_value());
  ASSERT_EQ(s.recoveries.size(), 1U);
  EXPECT_EQ(s.recoveries[0].lost, "2 3");
  EXPECT_EQ(s.recoveries[0].retrain_ms, 12.5);
  EXPECT_FALSE(s.recoveries[0].total_ms.has_value());
  EXPECT_EQ(s.replication.whole, 2);
  EXPECT_EQ(s.warnings.size(), 2U);
  EXPECT_EQ(summary_to_json(s), text);
}

TEST(SummaryJsonTest, NumbersHaveSixDecimals) {
  EXPECT_THAT(summary_to_json(full_summary()), HasSubstr("\"time_per_batch_ms\": 12.345678,"));
}

TEST(SummaryJsonTest, ALossThatIsNotFiniteIsNull) {
  RunSummary s = full_summary();
  s.train_loss_nats = std::nan("");
  const std::string text = summary_to_json(s);
  EXPECT_THAT(text, HasSubstr("\"train_loss_nats\": null"));
  EXPECT_TRUE(summary_from_json(text, "s").ok());
}

TEST(SummaryJsonTest, BytesThatAreNotUtf8DoNotStopTheSummary) {
  RunSummary s = full_summary();
  s.name = "caf\xe9";
  EXPECT_TRUE(summary_from_json(summary_to_json(s), "s").ok());
}

TEST(SummaryJsonTest, AnUnknownKeyIsRefusedByName) {
  std::string text = summary_to_json(full_summary());
  text.insert(text.find("\"method\""), "\"mood\": 1, ");
  const auto read = summary_from_json(text, "runs/a/summary.json");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(read.error().message, "runs/a/summary.json: mood is not a known key");
}

TEST(SummaryJsonTest, ATruncatedFileIsRefused) {
  const std::string text = summary_to_json(full_summary());
  EXPECT_FALSE(summary_from_json(text.substr(0, text.size() / 2), "s").ok());
}

TEST(SummaryJsonTest, AFolderWithoutSummaryIsAnErrorThatNamesTheFile) {
  const TemporaryFolder folder;
  const auto read = read_summary(folder.path());
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("summary.json: cannot be read"));
}

}  // namespace
}  // namespace acceptlab::results
