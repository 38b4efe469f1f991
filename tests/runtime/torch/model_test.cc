#include "runtime/torch/model.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include "runtime/base/result.h"
#include "runtime/torch/models/layers.h"
#include "runtime/torch/profile.h"
#include "runtime/torch/replica.h"
#include "tests/runtime/torch/pipeline.h"

namespace acceptlab::torch_stage {
namespace {

std::int64_t parameters(const ModelOptions& options) {
  std::int64_t count = 0;
  for (const UnitProfile& unit : describe_model(options).units) count += unit.parameter_values;
  return count;
}

TEST(Model, HasThePublishedNumberOfParameters) {
  // torchvision's mobilenet_v2, with 10 and with 1000 classes.
  EXPECT_EQ(parameters({"mobilenetv2", 1.0, 10}), 2'236'682);
  EXPECT_EQ(parameters({"mobilenetv2", 1.0, 1000}), 3'504'872);
  // LeNet-5 with full connections: 156 + 2416 + 48120 + 10164 + 850.
  EXPECT_EQ(parameters({"cnn", 1.0, 10}), 61'706);
  // The usual CIFAR forms.
  EXPECT_EQ(parameters({"vgg11", 1.0, 10}), 9'231'114);
  EXPECT_EQ(parameters({"resnet18", 1.0, 10}), 11'173'962);
}

TEST(Model, TransformerHasTheParametersOfItsFormula) {
  for (const auto& [width, dim] :
       std::vector<std::pair<double, int>>{{1.0, 128}, {0.5, 64}, {0.25, 32}}) {
    const std::int64_t d = dim;
    const std::int64_t embedding = 3 * 4 * 4 * d + d + 64 * d;
    // Two norms; queries, keys, values and projection; two layers of 4 d.
    const std::int64_t block = 2 * 2 * d + 4 * (d * d + d) + (8 * d * d + 5 * d);
    const std::int64_t head = 2 * d + 10 * d + 10;
    EXPECT_EQ(parameters({"vit", width, 10}), embedding + 6 * block + head) << width;
  }
}

TEST(Model, HasTheUnitsThatACutFallsBetween) {
  EXPECT_EQ(make_model({"mobilenetv2", 1.0, 10}).unit_count(), 20);
  EXPECT_EQ(make_model({"cnn", 1.0, 10}).unit_count(), 5);
  EXPECT_EQ(make_model({"vgg11", 1.0, 10}).unit_count(), 9);
  EXPECT_EQ(make_model({"resnet18", 1.0, 10}).unit_count(), 10);
  EXPECT_EQ(make_model({"vit", 1.0, 10}).unit_count(), 8);
}

TEST(Model, WidthScalesChannelsInStepsOfEight) {
  EXPECT_EQ(models::scaled_channels(32, 1.0), 32);
  EXPECT_EQ(models::scaled_channels(32, 0.35), 16);  // 11.2: 8 would lose more than 10 %
  EXPECT_EQ(models::scaled_channels(24, 0.75), 24);  // 18: 16 would lose more than 10 %
  EXPECT_EQ(models::scaled_channels(96, 0.35), 32);  // 33.6
  EXPECT_EQ(models::scaled_channels(16, 0.1), 8);
  // Below width 1 the last convolution keeps its 1280 channels.
  EXPECT_EQ(make_model({"mobilenetv2", 0.35, 10}).units[18].output, (Shape{1280, 4, 4}));
  EXPECT_EQ(make_model({"mobilenetv2", 1.4, 10}).units[18].output, (Shape{1792, 4, 4}));
}

TEST(Model, RefusesUnknownNamesAndImpossibleSizes) {
  try {
    make_model({"alexnet", 1.0, 10});
    FAIL() << "no exception";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("alexnet"));
    for (const std::string& name : model_names()) {
      EXPECT_THAT(error.what(), testing::HasSubstr(name));
    }
  }
  EXPECT_THROW(make_model({"cnn", 0.0, 10}), ConfigError);
  EXPECT_THROW(make_model({"cnn", 1.0, 1}), ConfigError);
}

class EveryModel : public testing::TestWithParam<std::string> {};

TEST_P(EveryModel, UnitsHaveTheShapesThatTheyDeclare) {
  const Model model = make_model({GetParam(), 0.25, 7});
  const torch::NoGradGuard no_grad;
  std::vector<std::int64_t> shape(model.input.begin(), model.input.end());
  shape.insert(shape.begin(), 2);
  torch::Tensor x = torch::ones(shape);
  for (int u = 0; u < model.unit_count(); ++u) {
    x = build_unit(model, u, 1)->forward(x);
    const Shape& declared = model.units[static_cast<std::size_t>(u)].output;
    EXPECT_EQ(Shape(x.sizes().begin() + 1, x.sizes().end()), declared) << "unit " << u + 1;
  }
  EXPECT_EQ(x.size(1), 7);
}

TEST_P(EveryModel, ComputesTheSameHoweverItIsCut) {
  const TorchStageOptions options = whole_model({GetParam(), 0.125, 10});
  const Batch batch = random_batch(options.input, 3, 10, 1);
  Pipeline whole(options, {});
  const Score trained = whole.train_synchronously(batch, {3}, 0.1, 0);
  const Score evaluated = whole.evaluate(batch);
  std::vector<std::vector<int>> all_cuts;
  std::vector<int> everywhere;
  for (int cut = 1; cut < options.units.end; ++cut) {
    all_cuts.push_back({cut});
    everywhere.push_back(cut);
  }
  all_cuts.push_back(everywhere);
  for (const std::vector<int>& cuts : all_cuts) {
    SCOPED_TRACE("first cut at " + std::to_string(cuts.front()));
    Pipeline pipeline(options, cuts);
    EXPECT_EQ(pipeline.train_synchronously(batch, {3}, 0.1, 0).loss_sum, trained.loss_sum);
    EXPECT_EQ(pipeline.evaluate(batch).loss_sum, evaluated.loss_sum);
    expect_same_state(pipeline.state(), whole.state());
  }
}

TEST_P(EveryModel, LearnsABatchByHeart) {
  const TorchStageOptions options = whole_model({GetParam(), 0.125, 10});
  const Batch batch = random_batch(options.input, 8, 10, 1);
  Pipeline pipeline(options, {2});
  const double before = pipeline.train_synchronously(batch, {8}, 0.01, 0).loss_sum;
  double after = before;
  for (int step = 1; step < 40; ++step) {
    after = pipeline.train_synchronously(batch, {8}, 0.01, step).loss_sum;
  }
  EXPECT_LT(after, 0.7 * before);
}

TEST_P(EveryModel, InitialWeightsDependOnTheSeedAlone) {
  TorchStageOptions options = whole_model({GetParam(), 0.125, 10});
  const std::vector<float> once = flat_weights(make_torch_stage(options)->state());
  torch::manual_seed(99);  // LibTorch's own stream has no part in it
  EXPECT_EQ(flat_weights(make_torch_stage(options)->state()), once);
  options.seed += 1;
  EXPECT_NE(flat_weights(make_torch_stage(options)->state()), once);
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryModel, testing::ValuesIn(model_names()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace acceptlab::torch_stage
