#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace torch::nn {
class Sequential;
}

namespace acceptlab::torch_stage {

// Which network to train. `width` multiplies the number of channels, as MobileNet defines it.
struct ModelOptions {
  std::string name = "mobilenetv2";
  double width = 1.0;
  int classes = 10;
};

// Sizes without the batch dimension: {channels, height, width} or {features}.
using Shape = std::vector<int>;
std::int64_t value_count(const Shape& shape);

// The smallest piece a cut can fall between. make() builds a fresh module with arbitrary weights;
// it maps [samples, shape of the unit before] to [samples, output]. The module must not write into
// its input, because a cut may fall in front of it.
struct Unit {
  std::string name;
  Shape output;
  std::function<torch::nn::Sequential()> make;
};

struct Model {
  ModelOptions options;
  Shape input;
  std::vector<Unit> units;

  int unit_count() const { return static_cast<int>(units.size()); }
  // What enters unit `u`: the model's input or the output of the unit before.
  const Shape& input_of(int u) const;
};

// Throws ConfigError where the name is unknown (and lists the known ones), the width is not in
// (0, 16] or there are fewer than two classes.
Model make_model(const ModelOptions& options);

// Every name that make_model takes, in the order of the registry.
std::vector<std::string> model_names();

}  // namespace acceptlab::torch_stage
