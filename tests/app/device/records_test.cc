#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "app/device/record_json.h"

namespace acceptlab::app {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace)

struct Kept : Recorder {
  void record(const StageSample& s) override { stages.push_back(s); }
  void record(const BatchSample&) override { ADD_FAILURE(); }
  void record(const EpochSample&) override { ADD_FAILURE(); }
  void record(const RepartitionSample&) override { ADD_FAILURE(); }
  void record(const ReplicationSample&) override { ADD_FAILURE(); }
  void record(const RecoverySample&) override { ADD_FAILURE(); }
  void record(const OpSpan& s) override { operations.push_back(s); }
  void record(const MessageSpan& s) override { messages.push_back(s); }
  std::vector<StageSample> stages;
  std::vector<OpSpan> operations;
  std::vector<MessageSpan> messages;
};

TEST(Records, SurviveTheWayToTheCentralNode) {
  RecordBuffer buffer;
  StageSample stage;
  stage.stage = 2;
  stage.device = DeviceId{3};
  stage.epoch = 4;
  stage.batch = 5;
  stage.samples = 6;
  stage.cost = {1ns, 2ns, 3ns, 4ns, 5ns};
  stage.wait = 7ns;
  stage.activation_transfer = 8ns;
  stage.gradient_transfer = 9ns;
  stage.activation_sent = 10_B;
  stage.gradient_sent = 11_B;
  stage.forward_version = 12;
  stage.update_version = 13;
  stage.finished = TimePoint(14ns);
  stage.term = 15;
  buffer.record(stage);
  const BatchKey key{Phase::kEvaluate, 1, 2, 3};
  buffer.record(OpSpan{1, DeviceId{2}, OpKind::kUpdate, key, TimePoint(15ns), stage.cost});
  buffer.record(MessageSpan{DeviceId{1}, DeviceId{2}, FrameKind::kGradient, key, 16_B,
                            TimePoint(17ns), TimePoint(18ns)});
  EXPECT_EQ(buffer.size(), 3U);

  Kept kept;
  replay_records(nlohmann::json::parse(buffer.take().dump()), kept);
  EXPECT_EQ(buffer.size(), 0U);
  ASSERT_EQ(kept.stages.size(), 1U);
  const StageSample& s = kept.stages[0];
  EXPECT_EQ(s.stage, 2);
  EXPECT_EQ(s.device, DeviceId{3});
  EXPECT_EQ(s.epoch, 4);
  EXPECT_EQ(s.batch, 5);
  EXPECT_EQ(s.samples, 6);
  EXPECT_EQ(s.cost.decode, 1ns);
  EXPECT_EQ(s.cost.forward, 2ns);
  EXPECT_EQ(s.cost.backward, 3ns);
  EXPECT_EQ(s.cost.encode, 4ns);
  EXPECT_EQ(s.cost.update, 5ns);
  EXPECT_EQ(s.wait, 7ns);
  EXPECT_EQ(s.activation_transfer, 8ns);
  EXPECT_EQ(s.gradient_transfer, 9ns);
  EXPECT_EQ(s.activation_sent, 10_B);
  EXPECT_EQ(s.gradient_sent, 11_B);
  EXPECT_EQ(s.forward_version, 12);
  EXPECT_EQ(s.update_version, 13);
  EXPECT_EQ(s.finished, TimePoint(14ns));
  EXPECT_EQ(s.term, 15U);
  ASSERT_EQ(kept.operations.size(), 1U);
  EXPECT_EQ(kept.operations[0].kind, OpKind::kUpdate);
  EXPECT_EQ(kept.operations[0].key, key);
  EXPECT_EQ(kept.operations[0].started, TimePoint(15ns));
  ASSERT_EQ(kept.messages.size(), 1U);
  EXPECT_EQ(kept.messages[0].from, DeviceId{1});
  EXPECT_EQ(kept.messages[0].kind, FrameKind::kGradient);
  EXPECT_EQ(kept.messages[0].size, 16_B);
  EXPECT_EQ(kept.messages[0].sent, TimePoint(17ns));
  EXPECT_EQ(kept.messages[0].received, TimePoint(18ns));
}

TEST(Records, RefuseWhatIsNone) {
  Kept kept;
  for (const char* text : {R"([["song", 1]])", R"([["op", 1]])", R"([7])", R"([["stage", "x"]])"}) {
    EXPECT_THROW(replay_records(nlohmann::json::parse(text), kept), std::runtime_error) << text;
  }
}

}  // namespace
}  // namespace acceptlab::app
