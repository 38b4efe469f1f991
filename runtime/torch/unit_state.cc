#include "runtime/torch/unit_state.h"

#include <cstring>

namespace acceptlab::torch_stage {

std::vector<float> flat_weights(const std::vector<UnitState>& units) {
  std::vector<float> values;
  for (const UnitState& unit : units) {
    for (const TensorState& tensor : unit.tensors) {
      if (tensor.role != TensorRole::kWeight || tensor.bytes.empty()) continue;
      const std::size_t before = values.size();
      values.resize(before + tensor.bytes.size() / sizeof(float));
      std::memcpy(values.data() + before, tensor.bytes.data(), tensor.bytes.size());
    }
  }
  return values;
}

}  // namespace acceptlab::torch_stage
