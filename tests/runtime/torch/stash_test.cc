#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>

#include "tests/runtime/torch/pipeline.h"
#include "tests/runtime/torch/reference.h"

namespace acceptlab::torch_stage {
namespace {

constexpr double kLearningRate = 0.02;

// Weight stashing written plainly. In strict 1F1B a stage with n slots has applied
// max(0, b - n + 1) updates when it begins batch b, and backward uses those weights again; the
// gradient steps the newest weights. Every version is kept as a deep copy.
class StashReference {
 public:
  StashReference(const TorchStageOptions& options, Pipeline& pipeline) : model_(options) {
    for (int s = 0; s < pipeline.stage_count(); ++s) {
      Stage stage;
      stage.slots = pipeline.slots(s);
      stage.live = model_.weights(pipeline.ranges()[static_cast<std::size_t>(s)]);
      stage.newest = deep_copy(stage.live);
      stage.versions.push_back(deep_copy(stage.live));
      stages_.push_back(std::move(stage));
    }
    for (Stage& stage : stages_) optimizers_.push_back(model_.make_optimizer(stage.newest));
  }

  void train(const Batch& batch, int index) {
    for (Stage& stage : stages_) {
      const auto version = static_cast<std::size_t>(std::max(0, index - stage.slots + 1));
      assign(stage.live, stage.versions[version]);
      for (torch::Tensor& w : stage.live) w.mutable_grad() = torch::Tensor();
    }
    model_.loss(batch, 0, batch.samples).backward();
    for (std::size_t s = 0; s < stages_.size(); ++s) update(stages_[s], optimizers_[s]);
  }

  std::vector<torch::Tensor> newest() const {
    std::vector<torch::Tensor> weights;
    for (const Stage& stage : stages_) {
      weights.insert(weights.end(), stage.newest.begin(), stage.newest.end());
    }
    return weights;
  }
  const Reference& model() const { return model_; }

 private:
  struct Stage {
    int slots = 1;
    std::vector<torch::Tensor> live;    // those in the modules
    std::vector<torch::Tensor> newest;  // those the optimizer steps
    std::vector<std::vector<torch::Tensor>> versions;
  };

  static void update(Stage& stage, torch::optim::SGD& sgd) {
    for (std::size_t i = 0; i < stage.live.size(); ++i) {
      stage.newest[i].mutable_grad() = stage.live[i].grad().clone();
    }
    static_cast<torch::optim::SGDOptions&>(sgd.param_groups()[0].options()).lr(kLearningRate);
    sgd.step();
    stage.versions.push_back(deep_copy(stage.newest));
  }

  Reference model_;
  std::vector<Stage> stages_;
  std::vector<torch::optim::SGD> optimizers_;
};

struct Case {
  const char* name;
  const char* model;
  double width;
  std::vector<int> cuts;
  int last_slots;
  friend std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }
};

class WeightStash : public testing::TestWithParam<Case> {};

TEST_P(WeightStash, BackwardUsesTheWeightsOfItsForward) {
  const Case& c = GetParam();
  const TorchStageOptions options = whole_model({c.model, c.width, 10});
  Pipeline pipeline(options, c.cuts, c.last_slots, /*growing_slots=*/true);
  StashReference reference(options, pipeline);
  const std::vector<Batch> batches = random_batches(options.input, 4, 10, 12);
  pipeline.train_1f1b(batches, kLearningRate);
  for (int b = 0; b < 12; ++b) reference.train(batches[static_cast<std::size_t>(b)], b);
  expect_same_model(pipeline.state(), reference.model(), reference.newest());
}

INSTANTIATE_TEST_SUITE_P(
    Cases, WeightStash,
    testing::Values(Case{"OneStageOneSlot", "cnn", 1.0, {}, 1},
                    Case{"OneStageThreeSlots", "cnn", 1.0, {}, 3},
                    Case{"ThreeStages", "cnn", 1.0, {1, 3}, 1},
                    Case{"ThreeStagesWithBatchNormalisation", "mobilenetv2", 0.125, {4, 13}, 1},
                    Case{"TwoStagesWithDeepWindows", "resnet18", 0.125, {4}, 2},
                    Case{"Transformer", "vit", 0.125, {2, 5}, 1}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST(WeightStash, DiffersFromTrainingWithoutStaleness) {
  const TorchStageOptions options = whole_model({"cnn", 1.0, 10});
  const std::vector<Batch> batches = random_batches(options.input, 4, 10, 6);
  Pipeline stale(options, {}, 3);
  Pipeline fresh(options, {}, 1);
  stale.train_1f1b(batches, kLearningRate);
  fresh.train_1f1b(batches, kLearningRate);
  EXPECT_NE(flat_weights(stale.state()), flat_weights(fresh.state()));
}

TEST(WeightStash, DrainLosesNoUpdateSoThatTheNextEpochStartsFromTheNewest) {
  const TorchStageOptions options = whole_model({"cnn", 1.0, 10});
  const std::vector<Batch> batches = random_batches(options.input, 4, 10, 5);
  Pipeline drained(options, {2}, 1, true);
  Pipeline restarted(options, {2}, 1, true);
  drained.train_1f1b(batches, kLearningRate);
  drained.train_1f1b(batches, kLearningRate);
  restarted.train_1f1b(batches, kLearningRate);
  const std::vector<UnitState> between = restarted.state();
  Pipeline again(options, {2}, 1, true);
  again.load(between);
  again.train_1f1b(batches, kLearningRate);
  expect_same_state(again.state(), drained.state());
}

}  // namespace
}  // namespace acceptlab::torch_stage
