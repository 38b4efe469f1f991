#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/span.h"
#include "runtime/torch/model.h"

namespace at {
class Tensor;
}

namespace acceptlab::torch_stage {

// How a smaller picture becomes one of the model's size.
enum class Fit {
  kPad,     // black around it
  kResize,  // bilinear
};

// The raw samples that the first stage receives: bytes [samples, channels, height, width].
struct InputFormat {
  int channels = 1;
  int height = 28;
  int width = 28;
  Fit fit = Fit::kPad;
  // Per raw channel, of values scaled to 0..1; x becomes (x - mean) / deviation.
  std::vector<double> mean = {0.0};
  std::vector<double> deviation = {1.0};
};

// Throws ConfigError where `format` cannot feed a model of that input shape.
void check_input_format(const InputFormat& format, const Shape& model_input);

// Returns float32 [samples, model input]; one raw channel is repeated where the model has more.
// Requires: check_input_format passed and raw.size() = samples * channels * height * width.
at::Tensor to_model_input(Span<const std::uint8_t> raw, int samples, const InputFormat& format,
                          const Shape& model_input);

}  // namespace acceptlab::torch_stage
