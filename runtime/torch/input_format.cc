#include "runtime/torch/input_format.h"

#include <torch/torch.h>

#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::torch_stage {
namespace {

namespace F = torch::nn::functional;

torch::Tensor fit(const torch::Tensor& x, Fit how, int height, int width) {
  const std::int64_t rows = height - x.size(2);
  const std::int64_t columns = width - x.size(3);
  if (rows == 0 && columns == 0) return x;
  if (how == Fit::kPad) {
    const std::int64_t left = columns / 2;
    const std::int64_t top = rows / 2;
    return torch::constant_pad_nd(x, {left, columns - left, top, rows - top});
  }
  return F::interpolate(x, F::InterpolateFuncOptions()
                               .size(std::vector<std::int64_t>{height, width})
                               .mode(torch::kBilinear)
                               .align_corners(false));
}

torch::Tensor per_channel(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32).view({1, -1, 1, 1});
}

std::string text(int channels, int height, int width) {
  return std::to_string(channels) + "x" + std::to_string(height) + "x" + std::to_string(width);
}

}  // namespace

void check_input_format(const InputFormat& format, const Shape& model_input) {
  ACCEPTLAB_CHECK(model_input.size() == 3);
  const std::string raw = text(format.channels, format.height, format.width);
  const std::string wanted = text(model_input[0], model_input[1], model_input[2]);
  if (format.channels < 1 || format.height < 1 || format.width < 1) {
    throw ConfigError("input of " + raw + " has no values");
  }
  if (format.channels != model_input[0] && format.channels != 1) {
    throw ConfigError("input of " + raw + " does not fit the model's " + wanted +
                      ": channels must agree or be 1");
  }
  if (format.fit == Fit::kPad &&
      (format.height > model_input[1] || format.width > model_input[2])) {
    throw ConfigError("input of " + raw + " is larger than the model's " + wanted +
                      ": resize instead of pad");
  }
  const auto channels = static_cast<std::size_t>(format.channels);
  if (format.mean.size() != channels || format.deviation.size() != channels) {
    throw ConfigError("input of " + raw + " needs a mean and a deviation per channel");
  }
  for (const double deviation : format.deviation) {
    if (!(deviation > 0.0)) throw ConfigError("an input's deviation must be positive");
  }
}

at::Tensor to_model_input(Span<const std::uint8_t> raw, int samples, const InputFormat& format,
                          const Shape& model_input) {
  const std::vector<std::int64_t> shape = {samples, format.channels, format.height, format.width};
  ACCEPTLAB_CHECK(static_cast<std::int64_t>(raw.size()) == c10::multiply_integers(shape));
  const torch::NoGradGuard no_grad;
  // from_blob takes a mutable pointer but the bytes are only read.
  const torch::Tensor bytes =
      torch::from_blob(const_cast<std::uint8_t*>(raw.data()), shape, torch::kUInt8);
  torch::Tensor x = bytes.to(torch::kFloat32).div_(255.0F);
  x = fit(x, format.fit, model_input[1], model_input[2]);
  x.sub_(per_channel(format.mean)).div_(per_channel(format.deviation));
  return x.expand({samples, model_input[0], model_input[1], model_input[2]}).contiguous();
}

}  // namespace acceptlab::torch_stage
