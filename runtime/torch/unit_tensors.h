#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "runtime/torch/replica.h"
#include "runtime/torch/unit_state.h"

// Between the tensors of a unit and its UnitState. Internal to runtime/torch: includes LibTorch.
namespace acceptlab::torch_stage {

// A tensor that a UnitState holds.
struct NamedTensor {
  TensorRole role;
  std::string name;
  torch::Tensor tensor;
};

// The unit's weights, then their momenta in the same order, then its buffers. Momenta are taken
// from `momenta` at `next_momentum`, which moves on.
std::vector<NamedTensor> tensors_of(const torch::nn::Sequential& unit,
                                    const std::vector<torch::Tensor>& momenta,
                                    std::size_t& next_momentum);

UnitState save_unit(int index, const std::string& name, const std::vector<NamedTensor>& tensors);

// Overwrites `tensors` in place. Throws ConfigError where `state` is of other tensors.
void load_unit(const UnitState& state, const std::vector<NamedTensor>& tensors);

}  // namespace acceptlab::torch_stage
