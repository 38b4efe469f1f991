#pragma once

#include <cstdint>

#include "runtime/operation.h"

namespace acceptlab {

// Where training goes on.
struct RunPosition {
  std::int32_t epoch = 0;  // the first that is not over
  std::int32_t batch = 0;  // of it: the first mini-batch that is not trained
  Score train;             // of its mini-batches before that one
};

}  // namespace acceptlab
