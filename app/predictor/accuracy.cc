#include "app/predictor/accuracy.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/check.h"

namespace acceptlab::app {

namespace {

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double middle = static_cast<double>(begin + end - 1) / 2.0;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = middle;
    begin = end;
  }
  return ranks;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb) : 0.0;
}

}  // namespace

Accuracy accuracy_of(const std::vector<double>& predicted, const std::vector<double>& measured) {
  ACCEPTLAB_CHECK(!measured.empty() && predicted.size() == measured.size());
  Accuracy accuracy;
  const double share = 100.0 / static_cast<double>(measured.size());
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const double error = std::abs(predicted[i] - measured[i]) / measured[i];
    accuracy.mape_percent += share * error;
    if (error <= 0.05) accuracy.within_5_percent += share;
    if (error <= 0.10) accuracy.within_10_percent += share;
    accuracy.worst_percent = std::max(accuracy.worst_percent, 100.0 * error);
  }
  accuracy.spearman = correlation(ranks_of(predicted), ranks_of(measured));
  return accuracy;
}

Accuracy mean_of(const std::vector<Accuracy>& devices) {
  ACCEPTLAB_CHECK(!devices.empty());
  Accuracy mean;
  const auto n = static_cast<double>(devices.size());
  for (const Accuracy& a : devices) {
    mean.mape_percent += a.mape_percent / n;
    mean.within_5_percent += a.within_5_percent / n;
    mean.within_10_percent += a.within_10_percent / n;
    mean.worst_percent = std::max(mean.worst_percent, a.worst_percent);
    mean.spearman += a.spearman / n;
  }
  return mean;
}

}  // namespace acceptlab::app
