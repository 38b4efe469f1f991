#include <gmock/gmock.h>

#include <filesystem>

#include "runtime/base/result.h"
#include "runtime/torch/checkpoint.h"
#include "tests/runtime/torch/pipeline.h"

namespace acceptlab::torch_stage {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr double kLearningRate = 0.02;

// A stage's version counts from a run's start, so a resumed pipeline begins with it.
std::vector<UnitState> resume(const TorchStageOptions& options, const std::vector<int>& cuts,
                              const std::vector<UnitState>& saved) {
  Pipeline pipeline(options, cuts);
  pipeline.load(saved);
  for (int b = 5; b < 10; ++b) {
    pipeline.train_synchronously(random_batch(options.input, 4, 10, b), {4}, kLearningRate, b);
  }
  return pipeline.state();
}

TEST(Resume, ContinuesBitForBitEvenUnderAnotherCut) {
  const TorchStageOptions options = whole_model({"mobilenetv2", 0.125, 10});
  Pipeline uninterrupted(options, {6});
  std::vector<UnitState> saved;
  for (int b = 0; b < 10; ++b) {
    if (b == 5) saved = uninterrupted.state();
    uninterrupted.train_synchronously(random_batch(options.input, 4, 10, b), {4}, kLearningRate, b);
  }
  expect_same_state(resume(options, {6}, saved), uninterrupted.state());
  expect_same_state(resume(options, {3, 15}, saved), uninterrupted.state());
}

TEST(Resume, AppliesToEveryReplica) {
  TorchStageOptions options = whole_model({"cnn", 1.0, 10}, 3);
  options.policy = WeightPolicy::kReplicas;
  const std::vector<Batch> batches = random_batches(options.input, 4, 10, 6);
  const auto aggregate_at_end = [](int, int updates, TorchStage& stage) {
    Op op;
    op.kind = OpKind::kAggregate;
    if (updates % 6 == 0) stage.perform(op);
  };
  Pipeline uninterrupted(options, {}, 3);
  uninterrupted.train_1f1b(batches, kLearningRate, aggregate_at_end);
  Pipeline resumed(options, {}, 3);
  resumed.load(uninterrupted.state());
  uninterrupted.train_1f1b(batches, kLearningRate, aggregate_at_end);
  resumed.train_1f1b(batches, kLearningRate, aggregate_at_end);
  expect_same_state(resumed.state(), uninterrupted.state());
}

TEST(Resume, ForwardsExpectTheLoadedVersion) {
  const TorchStageOptions options = whole_model({"cnn", 1.0, 10});
  const Batch batch = random_batch(options.input, 4, 10, 0);
  const auto stage = make_torch_stage(options);
  stage->load(stage->state(), 41);
  Op op;
  op.kind = OpKind::kForwardBackward;
  op.samples = op.mini_batch_samples = 4;
  op.input = batch.image_payload(0, 4);
  op.labels = batch.label_payload(0, 4);
  op.version = 41;
  EXPECT_TRUE(stage->perform(op).score.has_value());
}

TEST(Resume, RefusesStatesOfOtherModels) {
  const auto stage = make_torch_stage(whole_model({"cnn", 1.0, 10}));
  std::vector<UnitState> missing = stage->state();
  missing.erase(missing.begin() + 2);
  EXPECT_THAT([&] { stage->load(missing, 0); },
              ThrowsMessage<ConfigError>(HasSubstr("lacks unit 3 (fc1)")));
  const auto wide = make_torch_stage(whole_model({"cnn", 2.0, 10}));
  EXPECT_THAT([&] { stage->load(wide->state(), 0); },
              ThrowsMessage<ConfigError>(HasSubstr("unit 1 (conv1): tensor 0.weight")));
}

TEST(Resume, ACheckpointFileHoldsTheWholeState) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "resume_test.checkpoint";
  const TorchStageOptions options = whole_model({"resnet18", 0.125, 10});
  Pipeline pipeline(options, {4});
  pipeline.train_synchronously(random_batch(options.input, 4, 10, 0), {4}, kLearningRate, 0);
  Plan plan;
  plan.stages = {{DeviceId{0}, options.units, Duration(0)}};
  save_checkpoint(path, {{options.model, options.seed, {1, 0, {}}, 10, 4, plan}, pipeline.state()});
  const Checkpoint loaded = load_checkpoint(path, options.model);
  EXPECT_EQ(loaded.header.next.epoch, 1);
  expect_same_state(loaded.units, pipeline.state());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace acceptlab::torch_stage
