#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/runtime/torch/pipeline.h"
#include "tests/runtime/torch/reference.h"

namespace acceptlab::torch_stage {
namespace {

constexpr double kLearningRate = 0.02;
constexpr int kSlots = 3;

// FTPipeHD's replicas written plainly, for one stage in strict 1F1B. Gradients are taken at the
// time of the forward; an average replaces every replica's weights at once.
class ReplicaReference {
 public:
  explicit ReplicaReference(const TorchStageOptions& options) : model_(options) {
    for (int slot = 0; slot < kSlots; ++slot) {
      weights_.push_back(deep_copy(model_.weights()));
      optimizers_.push_back(model_.make_optimizer(weights_.back()));
    }
  }

  void forward(const Batch& batch, int slot) {
    const std::vector<torch::Tensor> live = model_.weights();
    assign(live, weights_[static_cast<std::size_t>(slot)]);
    for (const torch::Tensor& w : live) w.mutable_grad() = torch::Tensor();
    model_.loss(batch, 0, batch.samples).backward();
    std::vector<torch::Tensor>& own = weights_[static_cast<std::size_t>(slot)];
    for (std::size_t i = 0; i < live.size(); ++i) own[i].mutable_grad() = live[i].grad().clone();
  }

  void update(int slot) {
    torch::optim::SGD& sgd = optimizers_[static_cast<std::size_t>(slot)];
    static_cast<torch::optim::SGDOptions&>(sgd.param_groups()[0].options()).lr(kLearningRate);
    sgd.step();
  }

  void aggregate() {
    for (std::size_t i = 0; i < weights_[0].size(); ++i) {
      average({weights_[0][i], weights_[1][i], weights_[2][i]});
      average({momentum(0, i), momentum(1, i), momentum(2, i)});
    }
  }

  const Reference& model() const { return model_; }
  const std::vector<torch::Tensor>& weights() const { return weights_[0]; }

 private:
  static void average(const std::vector<torch::Tensor>& tensors) {
    const torch::Tensor mean = (tensors[0] + tensors[1] + tensors[2]) / 3.0;
    for (const torch::Tensor& t : tensors) t.copy_(mean);
  }
  torch::Tensor momentum(std::size_t slot, std::size_t i) {
    const std::string key = c10::guts::to_string(weights_[slot][i].unsafeGetTensorImpl());
    auto& state = static_cast<torch::optim::SGDParamState&>(*optimizers_[slot].state().at(key));
    return state.momentum_buffer();
  }

  Reference model_;
  std::vector<std::vector<torch::Tensor>> weights_;
  std::vector<torch::optim::SGD> optimizers_;
};

Op aggregation() {
  Op op;
  op.kind = OpKind::kAggregate;
  return op;
}

class Replicas : public testing::TestWithParam<std::string> {
 protected:
  Replicas() : options_(whole_model({GetParam(), GetParam() == "cnn" ? 1.0 : 0.125, 10})) {
    options_.policy = WeightPolicy::kReplicas;
  }
  TorchStageOptions options_;
};

TEST_P(Replicas, AverageWhileBatchesAreInFlightAsThePlainLoopDoes) {
  constexpr int kBatches = 14;
  const std::vector<Batch> batches = random_batches(options_.input, 4, 10, kBatches);
  Pipeline pipeline(options_, {}, kSlots);
  pipeline.train_1f1b(batches, kLearningRate, [](int, int updates, TorchStage& stage) {
    if (updates % 5 == 0 || updates == 6 || updates == kBatches) stage.perform(aggregation());
  });

  ReplicaReference reference(options_);
  int forwards = 0;
  for (int b = 0; b < kBatches; ++b) {
    for (; forwards < std::min(kBatches, b + kSlots); ++forwards) {
      reference.forward(batches[static_cast<std::size_t>(forwards)], forwards % kSlots);
    }
    reference.update(b % kSlots);
    const int updates = b + 1;
    if (updates % 5 == 0 || updates == 6 || updates == kBatches) reference.aggregate();
  }
  expect_same_model(pipeline.state(), reference.model(), reference.weights());
}

INSTANTIATE_TEST_SUITE_P(Models, Replicas, testing::Values("cnn", "mobilenetv2"),
                         [](const auto& instance) { return instance.param; });

TEST(ReplicasOfOneSlot, EqualTheStash) {
  TorchStageOptions options = whole_model({"cnn", 1.0, 10});
  const std::vector<Batch> batches = random_batches(options.input, 4, 10, 5);
  Pipeline stash(options, {2}, 1);
  options.policy = WeightPolicy::kReplicas;
  Pipeline replicas(options, {2}, 1);
  stash.train_1f1b(batches, kLearningRate);
  replicas.train_1f1b(batches, kLearningRate,
                      [](int, int, TorchStage& s) { s.perform(aggregation()); });
  expect_same_state(replicas.state(), stash.state());
}

TEST(ReplicasDeathTest, StateWithoutAggregationIsABug) {
  TorchStageOptions options = whole_model({"cnn", 1.0, 10});
  options.policy = WeightPolicy::kReplicas;
  Pipeline pipeline(options, {}, kSlots);
  pipeline.train_1f1b(random_batches(options.input, 2, 10, 3), kLearningRate);
  EXPECT_DEATH(pipeline.state(), "invariant broken");
}

}  // namespace
}  // namespace acceptlab::torch_stage
