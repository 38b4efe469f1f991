#include "results/fidelity.h"

#include <gmock/gmock.h>

#include "results/fidelity_components.h"
#include "results/render.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

using testing::HasSubstr;

FidelityRow row(int point, const std::string& cut, double real_ms, double emulated_ms) {
  FidelityRow row;
  row.point = point;
  row.name = "000" + std::to_string(point);
  row.scenario = "grid";
  row.setting = "network.bandwidth_mbit_s=10";
  row.cut = cut;
  row.bandwidth_model = "constant";
  row.bandwidth_mbit_s = 10.0;
  row.codec = "mbq4/suq4";
  row.bottleneck = "link";
  row.real_ms_per_batch = real_ms;
  row.emulated_ms_per_batch = emulated_ms;
  row.predicted_ms_per_batch = real_ms * 1.02;
  row.informed_prediction_ms_per_batch = real_ms * 0.99;
  return row;
}

TEST(Fidelity, AnErrorAboveZeroMeansTooSlow) {
  EXPECT_NEAR(*row(1, "4 9", 200.0, 210.0).error_percent(), 5.0, 1e-9);
  EXPECT_NEAR(*row(1, "4 9", 200.0, 190.0).error_percent(), -5.0, 1e-9);
  EXPECT_NEAR(*row(1, "4 9", 200.0, 190.0).prediction_error_percent(), 2.0, 1e-9);
  EXPECT_NEAR(*row(1, "4 9", 200.0, 190.0).informed_prediction_error_percent(), -1.0, 1e-9);
}

TEST(Fidelity, WithoutBothTimesThereIsNoError) {
  FidelityRow missing = row(1, "4 9", 200.0, 210.0);
  missing.emulated_ms_per_batch.reset();
  EXPECT_FALSE(missing.error_percent());
}

TEST(Fidelity, ThePercentileIsTheErrorThatSoManyDoNotExceed) {
  std::vector<double> errors;
  for (int i = 1; i <= 20; ++i) errors.push_back(i % 2 == 0 ? i : -i);
  const ErrorSpread spread = spread_of(errors);
  EXPECT_EQ(spread.points, 20);
  EXPECT_DOUBLE_EQ(spread.median_percent, 10.5);
  EXPECT_DOUBLE_EQ(spread.percentile_95_percent, 19.0);
  EXPECT_DOUBLE_EQ(spread.worst_percent, 20.0);
  EXPECT_DOUBLE_EQ(spread_of({-3.0}).percentile_95_percent, 3.0);
  EXPECT_EQ(spread_of({}).points, 0);
}

TEST(Fidelity, PointsThatTheHostCouldNotCarryDoNotCount) {
  FidelityRow overloaded = row(2, "4 9", 100.0, 200.0);
  overloaded.carried = false;
  const FidelitySummary summary = sum_up({row(1, "4 9", 100.0, 101.0), overloaded});
  EXPECT_EQ(summary.points, 2);
  EXPECT_EQ(summary.carried, 1);
  EXPECT_NEAR(summary.emulation.worst_percent, 1.0, 1e-9);
}

TEST(Fidelity, FailedPointsDoNotCount) {
  FidelityRow failed = row(1, "", 100.0, 200.0);
  failed.error = "no way";
  EXPECT_EQ(sum_up({failed}).carried, 0);
}

TEST(Fidelity, CutsAreRankedWhereTheRestIsTheSameAndTheDifferenceReal) {
  FidelityRow elsewhere = row(4, "2 3", 300.0, 300.0);
  elsewhere.setting = "network.bandwidth_mbit_s=20";
  // 100 and 102 are too near each other; 100 and 120 agree; 102 and 120 do not.
  const std::vector<FidelityRow> rows{row(1, "4 9", 100.0, 110.0), row(2, "5 9", 102.0, 130.0),
                                      row(3, "6 9", 120.0, 125.0), elsewhere};
  const CutRanking ranking = sum_up(rows).ranking;
  EXPECT_EQ(ranking.pairs, 2);
  EXPECT_EQ(ranking.agreeing, 1);
}

TEST(Fidelity, ATableReadsBackAsItWasWritten) {
  const TemporaryFolder folder;
  FidelityRow failed = row(2, "5 9", 1.0, 1.0);
  failed.real_ms_per_batch.reset();
  failed.carried = false;
  failed.error = "a worker, \"worker1\", was lost";
  const std::vector<FidelityRow> rows{row(1, "4 9", 123.456, 125.0), failed};
  const std::string text = fidelity_to_csv(rows);
  write_file(folder.path() / "fidelity.csv", text);
  const Result<std::vector<FidelityRow>> read = read_fidelity(folder.path());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(fidelity_to_csv(read.value()), text);
  EXPECT_EQ(read.value()[1].error, failed.error);
  EXPECT_FALSE(read.value()[1].carried);
}

TEST(Fidelity, ATableWithoutAColumnIsRefused) {
  const TemporaryFolder folder;
  write_file(folder.path() / "fidelity.csv", "point,name\n1,a\n");
  const Result<std::vector<FidelityRow>> read = read_fidelity(folder.path());
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("fidelity.csv: has no column 'status'"));
}

TEST(Fidelity, ShownWithErrorsAndTheirSpread) {
  const TemporaryFolder folder;
  FidelityRow overloaded = row(2, "5 9", 100.0, 150.0);
  overloaded.carried = false;
  write_file(folder.path() / "fidelity.csv",
             fidelity_to_csv({row(1, "4 9", 200.0, 203.0), overloaded}));
  const Result<std::string> text = render(folder.path());
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(text.value(), HasSubstr("mbq4/suq4"));
  EXPECT_THAT(text.value(), HasSubstr("2*"));
  EXPECT_THAT(text.value(), HasSubstr("1 of 2 points count"));
  EXPECT_THAT(
      text.value(),
      HasSubstr("emulation             median 1.50 %, 95th percentile 1.50 %, worst 1.50 % of 1"));
}

RunSummary summary(double scale) {
  RunSummary s;
  s.time_per_batch_ms = 100.0 * scale;
  s.stages.resize(2);
  for (int i = 0; i < 2; ++i) {
    s.stages[i].stage = i;
    s.stages[i].busy_ms = 50.0 * scale;
    s.stages[i].wait_ms = 40.0;
  }
  s.cuts.push_back({0, DeviceId{0}, DeviceId{1}, std::nullopt, 10.0 * scale, 12.0});
  s.links.resize(1);
  s.links[0].to = DeviceId{1};
  s.links[0].busy_ms = 9.0 * scale;
  return s;
}

TEST(FidelityComponents, PairPartsOfBothRuns) {
  const auto components = components_of(summary(1.0), summary(1.1));
  ASSERT_EQ(components.size(), 13u);  // five of each stage, two of the cut, one of the link
  EXPECT_EQ(components[3].part, "stage 0");
  EXPECT_EQ(components[3].quantity, "busy");
  EXPECT_DOUBLE_EQ(components[3].emulated_ms, 55.0);
  EXPECT_EQ(components[10].part, "cut 0|1");
  EXPECT_EQ(components[10].quantity, "activation transfer");
  EXPECT_EQ(components[12].part, "link 0>1");
}

TEST(FidelityComponents, ALinkThatOnlyOneRunKnowsIsLeftOut) {
  RunSummary real = summary(1.0);
  real.links.clear();
  EXPECT_EQ(components_of(real, summary(1.0)).size(), 12u);
}

TEST(FidelityComponents, DifferencesAreSharesOfTheRealTimePerBatch) {
  EXPECT_EQ(components_to_csv(3, {{"stage 0", "busy", 50.0, 55.0}}, 100.0),
            "3,stage 0,busy,50.000000,55.000000,5.000000,5.000\n");
}

}  // namespace
}  // namespace acceptlab::results
