#pragma once

#include <cstddef>

#include "app/tensor_file.h"
#include "compression/tensor_info.h"

namespace acceptlab::app {

// What a message costs. Both are of no use where there are no values: infinite and 0.
inline double bits_per_value(std::size_t message_bytes, std::size_t values) {
  return 8.0 * static_cast<double>(message_bytes) / static_cast<double>(values);
}
// How many times smaller than the tensor in its own element type.
inline double size_ratio(std::size_t message_bytes, std::size_t values, compression::DType dtype) {
  return static_cast<double>(values * dtype_bytes(dtype)) / static_cast<double>(message_bytes);
}

}  // namespace acceptlab::app
