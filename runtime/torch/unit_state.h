#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace acceptlab::torch_stage {

// What a tensor of a unit is for. Momenta belong to the weight of the same name.
enum class TensorRole : std::uint8_t { kWeight = 0, kBuffer = 1, kMomentum = 2 };
enum class ElementType : std::uint8_t { kFloat32 = 0, kInt64 = 1 };

struct TensorState {
  TensorRole role = TensorRole::kWeight;
  ElementType type = ElementType::kFloat32;
  std::string name;  // within the unit, e.g. "0.weight"
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;  // little-endian, row-major
};

// Everything a unit needs to go on training elsewhere: weights, running statistics, momenta.
struct UnitState {
  int index = 0;  // in the model, from 0
  std::string name;
  std::vector<TensorState> tensors;
};

// All float32 weights of `units`, one after another.
std::vector<float> flat_weights(const std::vector<UnitState>& units);

}  // namespace acceptlab::torch_stage
