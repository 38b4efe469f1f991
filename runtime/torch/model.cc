#include "runtime/torch/model.h"

#include <torch/torch.h>

#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::torch_stage {

// The registry: a model is one file in models/ and two lines here.
namespace models {
Model cnn(const ModelOptions& options);
Model mobilenetv2(const ModelOptions& options);
Model resnet18(const ModelOptions& options);
Model vgg11(const ModelOptions& options);
Model vit(const ModelOptions& options);
}  // namespace models

namespace {

struct Entry {
  const char* name;
  Model (*make)(const ModelOptions&);
};

constexpr Entry kRegistry[] = {
    {"cnn", &models::cnn},           {"mobilenetv2", &models::mobilenetv2},
    {"resnet18", &models::resnet18}, {"vgg11", &models::vgg11},
    {"vit", &models::vit},
};

[[noreturn]] void unknown_model(const std::string& name) {
  std::string known;
  for (const Entry& entry : kRegistry) known += std::string(known.empty() ? "" : ", ") + entry.name;
  throw ConfigError("model '" + name + "' is unknown; known models: " + known);
}

}  // namespace

std::int64_t value_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const int size : shape) count *= size;
  return count;
}

const Shape& Model::input_of(int u) const {
  ACCEPTLAB_CHECK(u >= 0 && u < unit_count());
  return u == 0 ? input : units[static_cast<std::size_t>(u - 1)].output;
}

Model make_model(const ModelOptions& options) {
  if (!(options.width > 0.0 && options.width <= 16.0)) {
    throw ConfigError("model width " + std::to_string(options.width) + " is not in (0, 16]");
  }
  if (options.classes < 2) {
    throw ConfigError("a model needs at least 2 classes, not " + std::to_string(options.classes));
  }
  for (const Entry& entry : kRegistry) {
    if (options.name == entry.name) return entry.make(options);
  }
  unknown_model(options.name);
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kRegistry) names.emplace_back(entry.name);
  return names;
}

}  // namespace acceptlab::torch_stage
