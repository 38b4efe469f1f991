#pragma once

#include <vector>

namespace acceptlab::app {

// How near predicted times are to measured ones.
struct Accuracy {
  double mape_percent = 0.0;      // mean of |predicted - measured| / measured
  double within_5_percent = 0.0;  // share of predictions whose error is at most 5 %, in percent
  double within_10_percent = 0.0;
  double worst_percent = 0.0;
  double spearman = 0.0;  // rank correlation, ties by their mean rank; 0 where either is constant
};

// Requires: as many of both, at least one; measured times above 0.
Accuracy accuracy_of(const std::vector<double>& predicted, const std::vector<double>& measured);

// Each figure the mean over devices, but the worst of all. Requires: at least one.
Accuracy mean_of(const std::vector<Accuracy>& devices);

}  // namespace acceptlab::app
