#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tests/runtime/torch/pipeline.h"
#include "tests/runtime/torch/reference.h"

namespace acceptlab::torch_stage {
namespace {

constexpr double kLearningRate = 0.02;

// One mini-batch of the plain loop, by the same micro-batches.
void train(Reference& reference, torch::optim::SGD& sgd, const Batch& batch,
           const MicroSizes& micros) {
  std::vector<torch::Tensor> losses;
  int begin = 0;
  for (const int samples : micros) {
    const double share = static_cast<double>(samples) / batch.samples;
    losses.push_back(reference.loss(batch, begin, samples) * share);
    begin += samples;
  }
  sgd.zero_grad();
  for (torch::Tensor& loss : losses) loss.backward();
  static_cast<torch::optim::SGDOptions&>(sgd.param_groups()[0].options()).lr(kLearningRate);
  sgd.step();
}

double relative_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double difference = 0.0;
  double norm = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
    norm += double{b[i]} * b[i];
  }
  return std::sqrt(difference / norm);
}

std::vector<float> cnn_after_20_batches(const MicroSizes& micros) {
  const TorchStageOptions options = whole_model({"cnn", 1.0, 10});
  Pipeline pipeline(options, {2, 3});
  for (int b = 0; b < 20; ++b) {
    pipeline.train_synchronously(random_batch(options.input, 8, 10, b), micros, kLearningRate, b);
  }
  return flat_weights(pipeline.state());
}

struct Case {
  const char* name;
  const char* model;
  double width;
  std::vector<int> cuts;
  MicroSizes micros;
  friend std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }
};

class SynchronousTraining : public testing::TestWithParam<Case> {};

TEST_P(SynchronousTraining, EqualsAPlainLoopBitForBit) {
  const Case& c = GetParam();
  const TorchStageOptions options = whole_model({c.model, c.width, 10});
  Pipeline pipeline(options, c.cuts);
  Reference reference(options);
  torch::optim::SGD sgd = reference.make_optimizer(reference.weights());
  for (int b = 0; b < 20; ++b) {
    const Batch batch = random_batch(options.input, 7, 10, b);
    pipeline.train_synchronously(batch, c.micros, kLearningRate, b);
    train(reference, sgd, batch, c.micros);
  }
  expect_same_model(pipeline.state(), reference, reference.weights());
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SynchronousTraining,
    testing::Values(Case{"OneStage", "cnn", 1.0, {}, {7}},
                    Case{"FourStages", "cnn", 1.0, {1, 2, 4}, {7}},
                    Case{"UnevenMicroBatches", "cnn", 1.0, {2}, {3, 2, 2}},
                    Case{"BatchNormalisation", "mobilenetv2", 0.125, {5, 12}, {4, 3}},
                    Case{"Residuals", "resnet18", 0.125, {3}, {4, 3}}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST(MicroBatches, AddUpToTheWholeMiniBatch) {
  const std::vector<float> whole = cnn_after_20_batches({8});
  EXPECT_LE(relative_difference(cnn_after_20_batches({2, 2, 2, 2}), whole), 1e-5);
  EXPECT_LE(relative_difference(cnn_after_20_batches({5, 2, 1}), whole), 1e-5);
}

TEST(MicroBatches, ScoreCountsEverySampleOnce) {
  const TorchStageOptions options = whole_model({"cnn", 1.0, 10});
  const Batch batch = random_batch(options.input, 8, 10, 3);
  const Score whole = Pipeline(options, {}).train_synchronously(batch, {8}, 0.1, 0);
  const Score parts = Pipeline(options, {}).train_synchronously(batch, {5, 3}, 0.1, 0);
  EXPECT_EQ(parts.samples, 8);
  EXPECT_EQ(parts.correct, whole.correct);
  EXPECT_NEAR(parts.loss_sum, whole.loss_sum, 1e-5);
}

}  // namespace
}  // namespace acceptlab::torch_stage
