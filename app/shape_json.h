#pragma once

// For .cc files only: it brings in the JSON library.

#include <nlohmann/json.hpp>

#include "compression/tensor_info.h"

namespace acceptlab::app {

inline nlohmann::ordered_json shape_to_json(const compression::Shape& shape) {
  auto json = nlohmann::ordered_json::array();
  for (int d = 0; d < shape.rank; ++d) json.push_back(shape.dims[static_cast<std::size_t>(d)]);
  return json;
}

}  // namespace acceptlab::app
