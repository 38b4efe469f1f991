#include "results/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <utility>

#include "results/run_recorder.h"
#include "results/sweep_csv.h"
#include "results/text_table.h"
#include "tests/results/sample_pipeline.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

namespace fs = std::filesystem;
using namespace acceptlab::literals;
using testing::HasSubstr;
using testing::Not;

SamplePipeline small_pipeline() {
  SamplePipeline p;
  p.stages = {{1ms, 10ms, 20ms, 1ms, 2ms}, {1ms, 15ms, 30ms, 1ms, 2ms}};
  p.activation = 5ms;
  p.gradient = 6ms;
  p.activation_bytes = Bytes(1500);
  p.gradient_bytes = Bytes(2'000'000);
  p.batches = 6;
  p.epochs = 2;
  p.evaluation = 10ms;
  return p;
}

void write_run(const fs::path& path, bool finish, std::vector<Bytes> codec_memory = {},
               bool repartitioned = false) {
  const SamplePipeline pipeline = small_pipeline();
  RunDescription description = describe_sample(pipeline);
  description.codec_memory = std::move(codec_memory);
  const Plan first_plan = description.plan;
  RunRecorder recorder(RunFolder::create(path).value(), std::move(description));
  RunEnd end;
  end.links = run_sample(pipeline, recorder);
  end.single_device = 40ms;
  if (repartitioned) {
    RepartitionSample change;
    change.epoch = 1;
    change.batch = 6;
    change.started = TimePoint(2s);
    change.drained = TimePoint(2100ms);
    change.committed = TimePoint(2400ms);
    change.moved = Bytes(123'456);
    change.before = first_plan;
    change.after.stages = {{DeviceId{0}, {0, 4}, Duration(0)}};
    recorder.record(change);
    end.adaptation = AdaptationCost{24, 1500us, 2, 500us};
  }
  if (!finish) return;
  ASSERT_TRUE(recorder.finish(end).ok());
}

SweepRow point(int index, const std::string& method, const std::string& mbit_s, double time_ms) {
  RunSummary s;
  s.method = method;
  s.time_per_batch_ms = time_ms;
  SweepRow row;
  row.index = index;
  row.values = {{"method", method}, {"network.bandwidth_mbit_s", mbit_s}};
  row.summary = s;
  return row;
}

TEST(TextTableTest, AlignsNumbersRightAndTextLeft) {
  TextTable table({"name", "ms"});
  table.row({"a", "1.5"});
  table.row({"long", "10.25"});
  EXPECT_EQ(table.render(1),
            " name     ms\n"
            " ----  -----\n"
            " a       1.5\n"
            " long  10.25\n");
}

TEST(RenderRunTest, ShowsTimesStagesCutsLinksEpochsAndWarnings) {
  const TemporaryFolder folder;
  write_run(folder.path() / "run", true);
  const auto text = render(folder.path() / "run");
  ASSERT_TRUE(text.ok()) << text.error().message;
  for (const char* part :
       {"sample data (SYNTHETIC)", "time per batch  49.000 ms (median 49.000 ms; 8 of 12 batches",
        "bottleneck      stage 1 on device 1 (board 1), units 3..4", "0 (board 0)", "0 <-> 1",
        "1.50 kB", "2.00 MB", "0 -> 1", "\nEpochs\n",
        "warning: one device alone would be faster: 40.000 ms a batch"}) {
    EXPECT_THAT(text.value(), HasSubstr(part));
  }
}

TEST(RenderRunTest, ShowsChangesOfThePlan) {
  const TemporaryFolder folder;
  write_run(folder.path() / "run", true, {}, true);
  const auto text = render(folder.path() / "run");
  ASSERT_TRUE(text.ok()) << text.error().message;
  for (const char* part : {"\nRepartitions", "2.000", "100.000", "300.000", "123.46 kB",
                           "first plan    0:1..2 1:3..4\n", "from 1.6      0:1..4\n",
                           "1.500 ms learning from 24 stage times, 0.500 ms for 2 decisions: "}) {
    EXPECT_THAT(text.value(), HasSubstr(part));
  }
}

TEST(RenderRunTest, FitsATerminal) {
  const TemporaryFolder folder;
  write_run(folder.path() / "run", true, {}, true);
  std::istringstream lines(render(folder.path() / "run").value());
  for (std::string line; std::getline(lines, line);) {
    const bool names_folder = line.find(folder.path().string()) != std::string::npos;
    EXPECT_TRUE(names_folder || line.size() <= 110) << line;
  }
}

TEST(RenderRunTest, TellsTheMemoryOfCodecsWhereTheyHaveAny) {
  const TemporaryFolder folder;
  write_run(folder.path() / "without", true);
  EXPECT_THAT(render(folder.path() / "without").value(), Not(HasSubstr("codec memory")));
  write_run(folder.path() / "with", true, {Bytes(1'500'000), Bytes(2000)});
  EXPECT_THAT(
      render(folder.path() / "with").value(),
      HasSubstr("\ncodec memory    1.50 MB of feedback (stage 0 1.50 MB, stage 1 2.00 kB)\n"));
}

TEST(RenderRunTest, AnUnfinishedRunShowsItsEpochsAndItsState) {
  const TemporaryFolder folder;
  write_run(folder.path() / "run", false);
  const auto text = render(folder.path() / "run.partial");
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_THAT(text.value(), HasSubstr("NOT FINISHED: under way or interrupted after 12 batches"));
  EXPECT_THAT(text.value(), HasSubstr("test accuracy %"));
}

TEST(RenderRunTest, ADamagedSummaryIsNamed) {
  const TemporaryFolder folder;
  write_run(folder.path() / "run", true);
  write_file(folder.path() / "run" / "summary.json", "{}");
  const auto text = render(folder.path() / "run");
  ASSERT_FALSE(text.ok());
  EXPECT_THAT(text.error().message, HasSubstr("summary.json: format is missing"));
}

TEST(RenderSweepTest, MakesAGridOfSettingsByMethodsWithSpeedups) {
  const TemporaryFolder folder;
  SweepRow failed = point(3, "even", "100", 0.0);
  failed.summary.reset();
  failed.error = "a link stalled";
  ASSERT_TRUE(
      write_sweep(folder.path(), {point(0, "single", "1", 40.0), point(1, "even", "1", 80.0),
                                  point(2, "single", "100", 40.0), failed})
          .ok());
  const auto text = render(folder.path());
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_THAT(text.value(), HasSubstr("Time per batch, ms\n"
                                      "  network.bandwidth_mbit_s  single    even\n"
                                      "  ------------------------  ------  ------\n"
                                      "                         1  40.000  80.000\n"
                                      "                       100  40.000  failed\n"));
  EXPECT_THAT(text.value(), HasSubstr("                         1    1.00    0.50\n"));
  EXPECT_THAT(text.value(), HasSubstr("point 3: failed: a link stalled\n"));
  EXPECT_THAT(text.value(), Not(HasSubstr("accuracy")));
}

TEST(RenderSweepTest, WithoutTheMethodSingleTheRunsOwnBaselineCounts) {
  const TemporaryFolder folder;
  SweepRow row = point(0, "even", "1", 80.0);
  row.summary->single_device_ms = 100.0;
  ASSERT_TRUE(write_sweep(folder.path(), {row}).ok());
  EXPECT_THAT(render(folder.path()).value(), HasSubstr("1.25"));
}

TEST(RenderTest, AFolderWithoutResultsIsRefused) {
  const TemporaryFolder folder;
  EXPECT_THAT(render(folder.path()).error().message, HasSubstr("holds neither a run"));
  EXPECT_THAT(render(folder.path() / "x").error().message, HasSubstr("there is no such folder"));
}

}  // namespace
}  // namespace acceptlab::results
