#include "results/run_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "results/summary_json.h"
#include "tests/results/sample_pipeline.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

namespace fs = std::filesystem;
using namespace acceptlab::literals;
using testing::HasSubstr;

constexpr const char* kBatches =
    "epoch,batch,stage,device,samples,forward_ms,backward_ms,encode_ms,decode_ms,update_ms,wait_ms,"
    "activation_transfer_ms,gradient_transfer_ms,activation_sent_bytes,gradient_sent_bytes,"
    "forward_version_updates,update_version_updates,staleness_updates,finished_ms,term\n"
    "1,2,3,4,32,10.000000,20.000000,0.500000,0.250000,1.000000,5.000001,7.000000,8.000000,"
    "1000,2000,40,42,2,1234.500000,3\n";
constexpr const char* kProgress =
    "epoch,batch,samples,admitted_ms,finished_ms,in_pipeline_ms,loss_nats,accuracy_percent,term\n"
    "1,2,32,1000.000000,1234.500000,234.500000,0.500000,75.0000,3\n"
    "1,3,32,1000.000000,1300.000000,300.000000,,,0\n";
constexpr const char* kEpochs =
    "epoch,learning_rate,started_s,trained_s,evaluated_s,train_s,evaluation_s,train_samples,"
    "train_loss_nats,train_accuracy_percent,test_samples,test_loss_nats,test_accuracy_percent,"
    "term\n"
    "1,0.050000000,1.000000000,2.000000000,2.500000000,1.000000000,0.500000000,64,0.500000,"
    "50.0000,0,,,0\n";
constexpr const char* kRepartitions =
    "epoch,batch,start_ms,drain_ms,move_ms,moved_bytes,predicted_gain_ms,predicted_cost_ms,"
    "plan_before,plan_after\n"
    "1,7,1000.000000,200.000000,50.000000,4096,12.500000,300.000000,0:1..2 1:3..5,0:1..5\n";
constexpr const char* kReplications =
    "term,epoch,batch,updates,start_ms,drain_ms,whole_ms,copied_bytes,central_copy\n"
    "2,1,7,107,1000.000000,200.000000,50.000000,4096,yes\n"
    "2,1,7,107,1000.000000,200.000000,,4096,no\n";
constexpr const char* kRecoveries =
    "term,cause,what,lost_devices,restarted_devices,probes,epoch,batch,resumed_epoch,resumed_batch,"
    "resumed_updates,retrained_batches,detected_ms,silent_ms,probe_ms,recover_ms,retrain_ms,"
    "total_ms,moved_bytes,plan_before,plan_after\n"
    "4,late,nothing was done,1 2,3,1,1,3,1,1,101,2,1000.000000,300.000000,100.000000,200.000000,"
    "150.000000,350.000000,4096,0:1..2 1:3..5,0:1..5\n"
    "5,damaged,,,,2,1,9,1,1,101,9,1500.000000,300.000000,100.000000,200.000000,,,4096,0:1..2 "
    "1:3..5,0:1..5\n";
constexpr const char* kLinks =
    "from_device,to_device,messages,message_bytes,wire_bytes,dropped_packets,busy_ms,observed_ms,"
    "utilisation_percent\n"
    "0,1,7,700,777,1,250.000000,1000.000000,25.0000\n";
constexpr const char* kManifest = R"({
  "format": "acceptlab-run",
  "version": 1,
  "finished": true,
  "command": "acceptlab run sample.toml",
  "revision": "sample-revision",
  "seed": 7,
  "scenario": "sample",
  "scenario_hash": "cafe",
  "started": "2024-05-01T12:00:00Z",
  "wall_s": 1.5,
  "adaptation": {
    "observations": 20,
    "learning_wall_ms": 1.5,
    "decisions": 2,
    "deciding_wall_ms": 8.5,
    "percent_of_training": 1.0
  },
  "versions": {
    "acceptlab": "0.1.0"
  },
  "machine": {
    "cores": "2"
  },
  "method": "custom",
  "model": "sample model",
  "data_set": "sample data",
  "data_note": "synthetic: not the real data set",
  "network_model": "message",
  "cost_source": "profile",
  "clock": "virtual",
  "warmup_batches": 2,
  "timeline_batches": 12,
  "stages": [
    {
      "device": 0,
      "device_name": "board 0",
      "first_unit": 1,
      "last_unit": 2,
      "predicted_ms": 30.0
    }
  ]
}
)";

SamplePipeline small_pipeline() {
  SamplePipeline p;
  p.stages = {{1ms, 10ms, 20ms, 1ms, 2ms}, {1ms, 15ms, 30ms, 1ms, 2ms}};
  p.activation = 5ms;
  p.gradient = 6ms;
  p.activation_bytes = Bytes(1000);
  p.gradient_bytes = Bytes(2000);
  p.batches = 6;
  p.epochs = 2;
  p.evaluation = 10ms;
  return p;
}

RunRecorder open(const fs::path& path, const RunDescription& description) {
  auto folder = RunFolder::create(path);
  EXPECT_TRUE(folder.ok());
  return RunRecorder(std::move(folder).value(), description);
}

StageSample stage_sample() {
  StageSample s;
  s.stage = 3;
  s.device = DeviceId{4};
  s.epoch = 1;
  s.batch = 2;
  s.samples = 32;
  s.cost = {250us, 10ms, 20ms, 500us, 1ms};
  s.wait = 5ms + 1ns;
  s.activation_transfer = 7ms;
  s.gradient_transfer = 8ms;
  s.activation_sent = Bytes(1000);
  s.gradient_sent = Bytes(2000);
  s.forward_version = 40;
  s.update_version = 42;
  s.finished = TimePoint(1234500us);
  s.term = 3;
  return s;
}

EpochSample epoch_sample() {
  EpochSample s;
  s.epoch = 1;
  s.learning_rate = 0.05;
  s.started = TimePoint(1s);
  s.trained = TimePoint(2s);
  s.evaluated = TimePoint(2500ms);
  s.train = {32.0, 32, 64};
  return s;
}

RepartitionSample repartition() {
  RepartitionSample s;
  s.term = 1;
  s.epoch = 1;
  s.batch = 7;
  s.started = TimePoint(1s);
  s.drained = TimePoint(1200ms);
  s.committed = TimePoint(1250ms);
  s.moved = Bytes(4096);
  s.before.stages = {{DeviceId{0}, {0, 2}}, {DeviceId{1}, {2, 5}}};
  s.after.stages = {{DeviceId{0}, {0, 5}}};
  s.predicted_gain = 12500us;
  s.predicted_cost = 300ms;
  return s;
}

ReplicationSample replication() {
  ReplicationSample s;
  s.snapshot = {2, 107};
  s.epoch = 1;
  s.batch = 7;
  s.started = TimePoint(1s);
  s.drained = TimePoint(1200ms);
  s.whole = TimePoint(1250ms);
  s.central_copy = true;
  s.copied = Bytes(4096);
  return s;
}

// Back to the mini-batch that has 101 before it, when 103 were done.
RecoverySample recovery() {
  RecoverySample s;
  s.term = 4;
  s.what = "nothing was done";
  s.lost = {DeviceId{1}, DeviceId{2}};
  s.restarted = {DeviceId{3}};
  s.probes = 1;
  s.epoch = s.resumed_epoch = 1;
  s.batch = 3;
  s.version = 103;
  s.resumed_batch = 1;
  s.resumed = {0, 101};
  s.last_progress = TimePoint(700ms);
  s.detected = TimePoint(1s);
  s.decided = TimePoint(1100ms);
  s.committed = TimePoint(1200ms);
  s.moved = Bytes(4096);
  s.before = repartition().before;
  s.after = repartition().after;
  return s;
}

// Another one, of which the run does not see the end.
RecoverySample second_recovery() {
  RecoverySample s = recovery();
  s.term = 5;
  s.cause = RecoveryCause::kDamaged;
  s.what.clear();
  s.lost.clear();
  s.restarted.clear();
  s.probes = 2;
  s.batch = 9;
  s.version = 110;
  s.last_progress += 500ms;
  s.detected += 500ms;
  s.decided += 500ms;
  s.committed += 500ms;
  return s;
}

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files[entry.path().filename().string()] = content_of(entry.path());
  }
  return files;
}

TEST(RunRecorderTest, EveryTableFollowsItsSchema) {
  const TemporaryFolder folder;
  SamplePipeline single = small_pipeline();
  single.stages.resize(1);
  RunRecorder recorder = open(folder.path() / "run", describe_sample(single));
  recorder.record(stage_sample());
  recorder.record(BatchSample{1, 2, 32, TimePoint(1s), TimePoint(1234500us), {16.0, 24, 32}, 3});
  recorder.record(BatchSample{1, 3, 32, TimePoint(1s), TimePoint(1300ms), {}});
  recorder.record(repartition());
  recorder.record(epoch_sample());
  RunEnd end;
  end.links = {{DeviceId{0}, DeviceId{1}, 7, Bytes(700), Bytes(777), 1, 250ms, 1s}};
  end.wall_s = 1.5;
  end.adaptation = AdaptationCost{20, 1500us, 2, 8500us};
  ASSERT_TRUE(recorder.finish(end).ok());
  const fs::path run = folder.path() / "run";
  EXPECT_EQ(content_of(run / "batches.csv"), kBatches);
  EXPECT_EQ(content_of(run / "progress.csv"), kProgress);
  EXPECT_EQ(content_of(run / "epochs.csv"), kEpochs);
  EXPECT_EQ(content_of(run / "repartitions.csv"), kRepartitions);
  EXPECT_EQ(content_of(run / "links.csv"), kLinks);
  EXPECT_EQ(content_of(run / "manifest.json"), kManifest);
  EXPECT_EQ(content_of(run / "scenario.resolved.toml"), "name = \"sample\"\n");
}

TEST(RunRecorderTest, RecoveriesAreWrittenWithWhatTheyCost) {
  const TemporaryFolder folder;
  RunRecorder recorder = open(folder.path() / "run", describe_sample(small_pipeline()));
  ReplicationSample given_up = replication();
  given_up.whole.reset();
  given_up.central_copy = false;
  recorder.record(replication());
  recorder.record(given_up);
  recorder.record(recovery());
  recorder.record(BatchSample{1, 1, 32, TimePoint(1s), TimePoint(1300ms), {}, 4});
  recorder.record(BatchSample{1, 2, 32, TimePoint(1s), TimePoint(1350ms), {}, 4});
  recorder.record(BatchSample{1, 3, 32, TimePoint(1s), TimePoint(1400ms), {}, 4});
  recorder.record(second_recovery());
  RunEnd end;
  end.warnings = {"a fault is to come"};
  const auto summary = recorder.finish(end);
  ASSERT_TRUE(summary.ok());
  const fs::path run = folder.path() / "run";
  EXPECT_EQ(content_of(run / "replications.csv"), kReplications);
  EXPECT_EQ(content_of(run / "recoveries.csv"), kRecoveries);
  const RunSummary& s = summary.value();
  ASSERT_EQ(s.recoveries.size(), 2u);
  EXPECT_EQ(s.recoveries[0].lost, "1 2");
  EXPECT_EQ(s.recoveries[0].retrained_batches, 2);
  EXPECT_EQ(s.recoveries[0].total_ms, 350.0);
  EXPECT_FALSE(s.recoveries[1].total_ms.has_value());
  EXPECT_EQ(s.replication.count, 2);
  EXPECT_EQ(s.replication.whole, 1);
  EXPECT_DOUBLE_EQ(s.replication.drain_ms, 400.0);
  EXPECT_EQ(s.replication.copied_bytes, 8192);
  EXPECT_EQ(s.warnings.back(), "a fault is to come");
}

TEST(RunRecorderTest, TheSameRecordsGiveTheSameBytesInEveryFile) {
  const TemporaryFolder folder;
  const SamplePipeline pipeline = small_pipeline();
  for (const char* name : {"a", "b"}) {
    RunRecorder recorder = open(folder.path() / name, describe_sample(pipeline));
    RunEnd end;
    end.links = run_sample(pipeline, recorder);
    ASSERT_TRUE(recorder.finish(end).ok());
  }
  const auto a = contents(folder.path() / "a");
  EXPECT_EQ(a.size(), 11U);
  EXPECT_EQ(a, contents(folder.path() / "b"));
}

TEST(RunRecorderTest, FinishReturnsWhatSummaryJsonHolds) {
  const TemporaryFolder folder;
  const SamplePipeline pipeline = small_pipeline();
  RunRecorder recorder = open(folder.path() / "run", describe_sample(pipeline));
  RunEnd end;
  end.links = run_sample(pipeline, recorder);
  const auto summary = recorder.finish(end);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary_to_json(summary.value()), content_of(folder.path() / "run" / "summary.json"));
  // Two stages with 2 in flight: the cycle of the window is longer than the slowest stage.
  EXPECT_EQ(summary.value().batches, 12);
  EXPECT_EQ(summary.value().measured_batches, 8);
  EXPECT_EQ(summary.value().bottleneck.name, "stage 1 on device 1 (board 1), units 3..4");
  EXPECT_LE(summary.value().stages[1].busy_percent, 100.0);
  EXPECT_GE(summary.value().time_per_batch_ms, summary.value().bottleneck.busy_ms);
}

TEST(RunRecorderTest, AKilledRunLeavesReadableFilesUnderAPartialName) {
  const TemporaryFolder folder;
  const SamplePipeline pipeline = small_pipeline();
  {
    RunRecorder recorder = open(folder.path() / "run", describe_sample(pipeline));
    recorder.record(stage_sample());
    const fs::path partial = folder.path() / "run.partial";
    EXPECT_EQ(recorder.folder(), partial);
    EXPECT_EQ(content_of(partial / "batches.csv"), kBatches);
    EXPECT_THAT(content_of(partial / "manifest.json"), HasSubstr("\"finished\": false"));
  }
  EXPECT_FALSE(fs::exists(folder.path() / "run"));
}

TEST(RunRecorderTest, AFileThatCannotBeWrittenIsReportedAndNothingIsPublished) {
  const TemporaryFolder folder;
  const SamplePipeline pipeline = small_pipeline();
  RunRecorder recorder = open(folder.path() / "run", describe_sample(pipeline));
  fs::create_directory(folder.path() / "run.partial" / "links.csv");
  const auto summary = recorder.finish({});
  ASSERT_FALSE(summary.ok());
  EXPECT_THAT(summary.error().message, HasSubstr("links.csv: cannot be written"));
  EXPECT_FALSE(fs::exists(folder.path() / "run"));
}

}  // namespace
}  // namespace acceptlab::results
