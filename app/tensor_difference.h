#pragma once

#include <cstddef>

#include "runtime/base/span.h"

namespace acceptlab::app {

// How far a tensor is from a reference, over the positions where both are finite.
struct TensorDifference {
  std::size_t values = 0;             // of the reference
  std::size_t not_finite_values = 0;  // positions left out: NaN or infinite in either
  std::size_t not_finite_index = 0;   // of the first of them
  double snr_db = 0.0;                // signal to error power: infinite where there is no error
  double relative_l2_error = 0.0;     // norm of the error over the norm of the reference
  double max_abs_error = 0.0;
  std::size_t max_abs_error_index = 0;  // the first that has it
  double mean_error = 0.0;              // of other - reference: the bias
  double mean_abs_error = 0.0;

  bool equal() const { return not_finite_values == 0 && max_abs_error == 0.0; }
};

// Sums in double precision. Requires: as many values in both.
TensorDifference compare_tensors(Span<const float> reference, Span<const float> other);

}  // namespace acceptlab::app
