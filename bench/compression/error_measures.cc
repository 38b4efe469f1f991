#include "bench/compression/error_measures.h"

#include <algorithm>
#include <cmath>

namespace acceptlab::codec_bench {

double snr_db(Span<const float> values, Span<const float> decoded) {
  double signal = 0.0;
  double noise = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i];
    const double error = decoded[i] - value;
    signal += value * value;
    noise += error * error;
  }
  return 10.0 * std::log10(signal / noise);
}

double largest_error(Span<const float> values, Span<const float> decoded) {
  double largest = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double error = std::fabs(static_cast<double>(decoded[i]) - values[i]);
    if (!(error <= largest)) largest = error;  // keeps a NaN
  }
  return largest;
}

double range_of(Span<const float> values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return static_cast<double>(*high) - *low;
}

}  // namespace acceptlab::codec_bench
