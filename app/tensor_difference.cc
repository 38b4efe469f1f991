#include "app/tensor_difference.h"

#include <cmath>
#include <limits>

#include "runtime/base/check.h"

namespace acceptlab::app {

namespace {

// 0 / 0 is no error at all.
double ratio(double error, double signal) {
  if (error == 0.0) return 0.0;
  return signal > 0.0 ? error / signal : std::numeric_limits<double>::infinity();
}

}  // namespace

TensorDifference compare_tensors(Span<const float> reference, Span<const float> other) {
  ACCEPTLAB_CHECK(reference.size() == other.size());
  TensorDifference difference;
  difference.values = reference.size();
  double signal = 0.0;
  double squared = 0.0;
  double sum = 0.0;
  double sum_abs = 0.0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double expected = reference[i];
    const double error = other[i] - expected;
    if (!std::isfinite(error)) {
      if (difference.not_finite_values++ == 0) difference.not_finite_index = i;
      continue;
    }
    signal += expected * expected;
    squared += error * error;
    sum += error;
    sum_abs += std::fabs(error);
    if (std::fabs(error) > difference.max_abs_error) {
      difference.max_abs_error = std::fabs(error);
      difference.max_abs_error_index = i;
    }
  }
  const auto compared = static_cast<double>(difference.values - difference.not_finite_values);
  if (compared > 0.0) {
    difference.mean_error = sum / compared;
    difference.mean_abs_error = sum_abs / compared;
  }
  difference.relative_l2_error = std::sqrt(ratio(squared, signal));
  difference.snr_db = -10.0 * std::log10(ratio(squared, signal));
  return difference;
}

}  // namespace acceptlab::app
