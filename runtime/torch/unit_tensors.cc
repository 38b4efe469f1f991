#include "runtime/torch/unit_tensors.h"

#include <cstring>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/torch/tensor_bytes.h"

namespace acceptlab::torch_stage {
namespace {

ElementType element_type(const torch::Tensor& tensor) {
  ACCEPTLAB_CHECK(tensor.scalar_type() == torch::kFloat32 || tensor.scalar_type() == torch::kInt64);
  return tensor.scalar_type() == torch::kInt64 ? ElementType::kInt64 : ElementType::kFloat32;
}

bool same_kind(const TensorState& state, const NamedTensor& named) {
  return state.role == named.role && state.name == named.name &&
         state.type == element_type(named.tensor) && state.shape == named.tensor.sizes().vec() &&
         state.bytes.size() == named.tensor.nbytes();
}

}  // namespace

std::vector<NamedTensor> tensors_of(const torch::nn::Sequential& unit,
                                    const std::vector<torch::Tensor>& momenta,
                                    std::size_t& next_momentum) {
  std::vector<NamedTensor> tensors;
  const auto weights = unit->named_parameters();
  for (const auto& item : weights) {
    tensors.push_back({TensorRole::kWeight, item.key(), item.value()});
  }
  for (const auto& item : weights) {
    tensors.push_back({TensorRole::kMomentum, item.key(), momenta.at(next_momentum++)});
  }
  for (const auto& item : unit->named_buffers()) {
    tensors.push_back({TensorRole::kBuffer, item.key(), item.value()});
  }
  return tensors;
}

UnitState save_unit(int index, const std::string& name, const std::vector<NamedTensor>& tensors) {
  UnitState state{index, name, {}};
  for (const NamedTensor& named : tensors) {
    state.tensors.push_back({named.role, element_type(named.tensor), named.name,
                             named.tensor.sizes().vec(), tensor_bytes(named.tensor)});
  }
  return state;
}

void load_unit(const UnitState& state, const std::vector<NamedTensor>& tensors) {
  const std::string unit = "unit " + std::to_string(state.index + 1) + " (" + state.name + ")";
  if (state.tensors.size() != tensors.size()) {
    throw ConfigError("saved " + unit + " has " + std::to_string(state.tensors.size()) +
                      " tensors, the model has " + std::to_string(tensors.size()));
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!same_kind(state.tensors[i], tensors[i])) {
      throw ConfigError("saved " + unit + ": tensor " + state.tensors[i].name +
                        " differs from the model's " + tensors[i].name +
                        " in name, role, type or shape");
    }
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const torch::Tensor& target = tensors[i].tensor;
    ACCEPTLAB_CHECK(target.is_contiguous());
    std::memcpy(target.data_ptr(), state.tensors[i].bytes.data(), state.tensors[i].bytes.size());
  }
}

}  // namespace acceptlab::torch_stage
