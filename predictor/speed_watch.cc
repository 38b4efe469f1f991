#include "predictor/speed_watch.h"

#include <algorithm>
#include <cmath>

#include "runtime/base/check.h"

namespace acceptlab::predictor {

namespace {

// Half of the smallest change looked for, as is best for Page's test: log(1.22) / 2. Errors of a
// prediction below it never add up.
constexpr double kSlack = 0.1;
// A change by 1.4 exceeds the slack by 0.24 a batch: it is noticed at the second. A single stray
// time, up to twice the prediction, is not.
constexpr double kThreshold = 0.45;
constexpr double kMostPerSample = 0.4;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2.0;
}

}  // namespace

bool SpeedWatch::Side::add(double exceeding, double logarithm) {
  sum += std::min(exceeding, kMostPerSample);
  if (sum <= 0.0) {
    sum = 0.0;
    since.clear();
    return false;
  }
  since.push_back(logarithm);
  return sum > kThreshold;
}

std::optional<double> SpeedWatch::add(double ratio) {
  ACCEPTLAB_CHECK(ratio > 0.0);
  const double logarithm = std::log(ratio);
  const bool slower = slower_.add(logarithm - kSlack, logarithm);
  const bool faster = faster_.add(-logarithm - kSlack, logarithm);
  if (!slower && !faster) return std::nullopt;
  const double change = std::exp(median((slower ? slower_ : faster_).since));
  slower_ = faster_ = Side{};
  return change;
}

}  // namespace acceptlab::predictor
