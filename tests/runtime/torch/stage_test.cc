#include "runtime/torch/stage.h"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>
#include <set>

#include "runtime/base/result.h"
#include "tests/runtime/torch/pipeline.h"

namespace acceptlab::torch_stage {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const ModelOptions kCnn{"cnn", 1.0, 10};

std::unique_ptr<TorchStage> make_stage(UnitRange units, int slots = 1) {
  TorchStageOptions options = whole_model(kCnn, slots);
  options.units = units;
  options.stage = units.begin == 0 ? 0 : 1;
  return make_torch_stage(options);
}

Op forward_op(const Batch& batch) {
  Op op;
  op.kind = OpKind::kForward;
  op.samples = batch.samples;
  op.mini_batch_samples = batch.samples;
  op.input = batch.image_payload(0, batch.samples);
  op.labels = batch.label_payload(0, batch.samples);
  return op;
}

Batch some_batch() { return random_batch(whole_model(kCnn).input, 4, 10, 0); }

Payload raw_floats(const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return Payload::of(std::move(bytes));
}

TEST(TorchStage, SendsPlainFloatsWithoutACodec) {
  const auto stage = make_stage({0, 2});
  const OpResult result = stage->perform(forward_op(some_batch()));
  EXPECT_EQ(result.output.size(), Bytes(4 * 4 * 16 * 5 * 5));
  EXPECT_FALSE(result.score.has_value());
}

TEST(TorchStage, ReportsWhereTheTimeWent) {
  const auto stage = make_stage({0, 5});
  const Op forward = forward_op(some_batch());
  const OpCost f = stage->perform(forward).cost;
  EXPECT_GT(f.decode.count(), 0);
  EXPECT_GT(f.forward.count(), 0);
  EXPECT_EQ(f.backward.count(), 0);
  Op backward = forward;
  backward.kind = OpKind::kBackward;
  const OpCost b = stage->perform(backward).cost;
  EXPECT_EQ(b.forward.count(), 0);
  EXPECT_GT(b.backward.count(), 0);
  Op update = forward;
  update.kind = OpKind::kUpdate;
  const OpCost u = stage->perform(update).cost;
  EXPECT_GT(u.update.count(), 0);
  EXPECT_EQ(u.total(), u.update);
}

TEST(TorchStage, EvaluationLeavesTheStateAsItWas) {
  const TorchStageOptions options = whole_model({"mobilenetv2", 0.125, 10});
  Pipeline pipeline(options, {9});
  const Batch batch = random_batch(options.input, 4, 10, 0);
  pipeline.train_synchronously(batch, {4}, 0.1, 0);
  const std::vector<UnitState> before = pipeline.state();
  const Score first = pipeline.evaluate(batch);
  EXPECT_EQ(first.samples, 4);
  EXPECT_EQ(pipeline.evaluate(batch).loss_sum, first.loss_sum);
  expect_same_state(pipeline.state(), before);
}

TEST(TorchStage, SlotsShareOneSetOfRunningStatistics) {
  const TorchStageOptions options = whole_model({"vgg11", 0.125, 10}, 3);
  const std::vector<Batch> batches = random_batches(options.input, 4, 10, 3);
  // With a learning rate of 0 only the statistics change, so slots must not matter.
  Pipeline three_slots(options, {}, 3);
  Pipeline one_slot(options, {}, 1);
  three_slots.train_1f1b(batches, 0.0);
  one_slot.train_1f1b(batches, 0.0);
  EXPECT_EQ(three_slots.evaluate(batches[0]).loss_sum, one_slot.evaluate(batches[0]).loss_sum);
  Pipeline untrained(options, {}, 1);
  EXPECT_NE(untrained.evaluate(batches[0]).loss_sum, one_slot.evaluate(batches[0]).loss_sum);
}

TEST(TorchStage, LearnsASmallSetByHeart) {
  const TorchStageOptions options = whole_model(kCnn);
  Pipeline pipeline(options, {1, 3});
  const Batch batch = random_batch(options.input, 16, 10, 0);
  const Score before = pipeline.evaluate(batch);
  for (int b = 0; b < 100; ++b) pipeline.train_synchronously(batch, {8, 8}, 0.02, b);
  const Score after = pipeline.evaluate(batch);
  EXPECT_LT(after.loss_sum, 0.2 * before.loss_sum);
  EXPECT_EQ(after.correct, 16);
}

TEST(TorchStage, SaysWhichBatchDiverged) {
  const auto stage = make_stage({2, 5});
  Op op = forward_op(some_batch());
  op.kind = OpKind::kForwardBackward;
  op.key = {Phase::kTrain, 3, 12, 1};
  op.input = raw_floats(std::vector<float>(4 * 400, std::numeric_limits<float>::infinity()));
  EXPECT_THAT([&] { stage->perform(op); },
              ThrowsMessage<std::runtime_error>(
                  AllOf(HasSubstr("stage 1"), HasSubstr("epoch 3 batch 12 micro 1"),
                        HasSubstr("diverged"), HasSubstr("learning rate"))));
}

TEST(TorchStage, SaysWhatIsWrongWithItsInput) {
  const auto first = make_stage({0, 5});
  Op op = forward_op(some_batch());
  op.input = Payload::of(std::vector<std::uint8_t>(5));
  EXPECT_THAT([&] { first->perform(op); },
              ThrowsMessage<std::runtime_error>(HasSubstr("input of 5 bytes where 3136 belong")));
  op = forward_op(some_batch());
  op.labels = Payload::of({1, 2, 3});
  EXPECT_THAT([&] { first->perform(op); },
              ThrowsMessage<std::runtime_error>(HasSubstr("3 labels for 4 samples")));
  op.labels = Payload::of({1, 2, 3, 10});
  EXPECT_THAT([&] { first->perform(op); },
              ThrowsMessage<std::runtime_error>(HasSubstr("a label is not below 10")));
  const auto second = make_stage({2, 5});
  op = forward_op(some_batch());
  op.input = Payload::of(std::vector<std::uint8_t>(7));
  EXPECT_THAT([&] { second->perform(op); },
              ThrowsMessage<std::runtime_error>(HasSubstr("activations from the stage before")));
}

TEST(TorchStage, RefusesOptionsThatContradictTheModel) {
  EXPECT_THROW(make_stage({0, 6}), ConfigError);
  EXPECT_THROW(make_stage({3, 3}), ConfigError);
  EXPECT_THROW(make_stage({0, 5}, 0), ConfigError);
  TorchStageOptions options = whole_model(kCnn);
  options.input.mean = {0.5, 0.5};
  EXPECT_THROW(make_torch_stage(options), ConfigError);
}

TEST(TorchStageDeathTest, ChecksTheVersionThatTheScheduleExpects) {
  const auto stage = make_stage({0, 5});
  Op op = forward_op(some_batch());
  op.version = 1;
  EXPECT_DEATH(stage->perform(op), "invariant broken");
}

TEST(TorchStageDeathTest, BackwardNeedsItsForward) {
  const auto stage = make_stage({0, 5});
  Op op = forward_op(some_batch());
  op.kind = OpKind::kBackward;
  EXPECT_DEATH(stage->perform(op), "invariant broken");
}

TEST(TensorIds, AreUniqueAndSayWhatTheyName) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> ids;
  int count = 0;
  for (const int stage : {0, 1}) {
    for (const Direction direction : {Direction::kActivation, Direction::kGradient}) {
      for (const int epoch : {0, 1, 65535}) {
        for (const int batch : {0, 1, 65536, 2147483647}) {
          for (const int micro : {0, 1, 65535}) {
            const BatchKey key{Phase::kTrain, epoch, batch, micro};
            const TensorId id = tensor_id(stage, direction, key);
            ids.insert({id.stream, id.message});
            EXPECT_EQ(id.epoch, epoch);
            const EncodedTensor named = encoded_tensor(id);
            EXPECT_EQ(named.stage, stage);
            EXPECT_EQ(named.direction, direction);
            EXPECT_EQ(named.key, key);
            ++count;
          }
        }
      }
    }
  }
  EXPECT_EQ(static_cast<int>(ids.size()), count);
}

}  // namespace
}  // namespace acceptlab::torch_stage
