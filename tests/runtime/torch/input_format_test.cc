#include "runtime/torch/input_format.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "runtime/base/result.h"

namespace acceptlab::torch_stage {
namespace {

InputFormat small_format(Fit fit) {
  InputFormat format;
  format.channels = 1;
  format.height = 2;
  format.width = 2;
  format.fit = fit;
  return format;
}

TEST(InputFormat, ScalesAndNormalisesEachChannel) {
  InputFormat format = small_format(Fit::kPad);
  format.channels = 2;
  format.mean = {0.5, 0.0};
  format.deviation = {0.5, 2.0};
  const std::vector<std::uint8_t> raw = {0, 255, 51, 0, 255, 0, 102, 0};
  const torch::Tensor x = to_model_input(raw, 1, format, {2, 2, 2});
  const torch::Tensor wanted =
      torch::tensor({-1.0F, 1.0F, -0.6F, -1.0F, 0.5F, 0.0F, 0.2F, 0.0F}).view({1, 2, 2, 2});
  EXPECT_TRUE(torch::allclose(x, wanted, 1e-6, 1e-6)) << x;
}

TEST(InputFormat, PadsWithBlackAndRepeatsOneChannel) {
  InputFormat format = small_format(Fit::kPad);
  format.mean = {0.2};
  const std::vector<std::uint8_t> raw = {255, 255, 255, 255};
  const torch::Tensor x = to_model_input(raw, 1, format, {3, 4, 4});
  ASSERT_EQ(x.sizes(), (std::vector<std::int64_t>{1, 3, 4, 4}));
  EXPECT_TRUE(x.is_contiguous());
  for (int c = 0; c < 3; ++c) {
    EXPECT_FLOAT_EQ(x[0][c][0][0].item<float>(), -0.2F);
    EXPECT_FLOAT_EQ(x[0][c][1][1].item<float>(), 0.8F);
    EXPECT_FLOAT_EQ(x[0][c][2][2].item<float>(), 0.8F);
    EXPECT_FLOAT_EQ(x[0][c][3][3].item<float>(), -0.2F);
  }
}

TEST(InputFormat, ResizesBetweenPixels) {
  const std::vector<std::uint8_t> raw = {0, 255, 0, 255};
  const torch::Tensor x = to_model_input(raw, 1, small_format(Fit::kResize), {1, 4, 4});
  // Output centres 0.25, 0.75 of a pixel apart: 0, 1/4, 3/4, 1 along a row.
  const torch::Tensor row = torch::tensor({0.0F, 0.25F, 0.75F, 1.0F});
  for (int y = 0; y < 4; ++y) EXPECT_TRUE(torch::allclose(x[0][0][y], row, 1e-6, 1e-6)) << x;
}

TEST(InputFormat, RefusesWhatCannotFeedTheModel) {
  const Shape model = {3, 32, 32};
  InputFormat format;
  EXPECT_NO_THROW(check_input_format(format, model));
  format.height = 40;
  EXPECT_THROW(check_input_format(format, model), ConfigError);
  format.fit = Fit::kResize;
  EXPECT_NO_THROW(check_input_format(format, model));
  format.deviation = {0.0};
  EXPECT_THROW(check_input_format(format, model), ConfigError);
  format.deviation = {1.0, 1.0};
  EXPECT_THROW(check_input_format(format, model), ConfigError);
  format.channels = 2;
  format.mean = {0.0, 0.0};
  EXPECT_THROW(check_input_format(format, model), ConfigError);
}

}  // namespace
}  // namespace acceptlab::torch_stage
