#pragma once

#include <cstdint>

#include "runtime/base/rng.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab::compression {

// Random numbers by index instead of in sequence: number i of a tensor depends on the seed, the
// tensor's id and i alone, so neither the order of encoding nor the size of a group changes it.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, TensorId id)
      : key_(mix64(mix64(mix64(seed) ^ id.stream) ^ id.message)) {}

  // Uniform in [0, 1).
  double uniform(std::uint64_t index) const {
    // Two rounds: in one, the tensors of neighbouring keys would be shifts of one sequence.
    return static_cast<double>(mix64(mix64(index) ^ key_) >> 11) * 0x1.0p-53;
  }

 private:
  std::uint64_t key_;
};

}  // namespace acceptlab::compression
