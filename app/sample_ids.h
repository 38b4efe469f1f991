#pragma once

#include <cstdint>
#include <vector>

#include "runtime/ports/tensor_codec.h"
#include "runtime/training_shape.h"

namespace acceptlab::app {

// The training samples behind an encoded tensor, by their place in the data set: what an activation
// delta is a difference to. Every device derives them from the shape and the seed, like the central
// node's own order (runtime/data/dataset_source.h).
class SampleIds {
 public:
  SampleIds(const TrainingShape& shape, std::uint64_t seed) : shape_(shape), seed_(seed) {}
  // In the order of the tensor's values. Requires: the id is that of a stage (runtime/torch).
  std::vector<std::int64_t> operator()(TensorId id);

 private:
  TrainingShape shape_;
  std::uint64_t seed_;
  std::int32_t ordered_epoch_ = -1;  // whose order is in order_
  std::vector<std::int64_t> order_;
};

}  // namespace acceptlab::app
