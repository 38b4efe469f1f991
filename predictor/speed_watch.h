#pragma once

#include <optional>
#include <vector>

namespace acceptlab::predictor {

// Notices when a device becomes slower or faster as a whole, from its measured over its predicted
// times: two one-sided cumulative sums (Page 1954) of the logarithm of that ratio.
class SpeedWatch {
 public:
  // To be called for every measurement. Returns the factor by which the device has become slower
  // (below 1: faster) since the change began, once it is sure of one; then it begins anew.
  // Requires: ratio > 0.
  std::optional<double> add(double ratio);

 private:
  // One side: gathers what exceeds the slack.
  struct Side {
    double sum = 0.0;
    std::vector<double> since;  // logarithms of the ratios that the sum is made of
    bool add(double exceeding, double logarithm);
  };
  Side slower_;
  Side faster_;
};

}  // namespace acceptlab::predictor
