#pragma once

#include <algorithm>
#include <limits>

#include "partition/costs.h"

namespace acceptlab::partition {

// The least time that was too long in a probe: below it every answer is the same.
class LeastRejected {
 public:
  void add(double us) { us_ = std::min(us_, us); }
  double us() const { return us_; }

 private:
  double us_ = std::numeric_limits<double>::infinity();
};

// What a device of a fixed order can do within a time, where stages are sums of unit times.
class ChainStage {
 public:
  // Requires: costs.is_additive(device). `costs` outlives it.
  ChainStage(const Costs& costs, int device);

  int device() const { return device_; }
  double us(int begin, int end) const { return (sums_[end] - sums_[begin]) * factor_; }
  double slowest_unit_us() const { return slowest_unit_us_; }
  // True where its memory holds each unit alone; may be false although it does.
  bool surely_holds_each_unit() const { return holds_each_unit_; }

  // The end of the longest stage from `begin` within lambda and memory. The caller knows that it is
  // `low` or more, and cares for no more than `high`.
  int furthest(int begin, int low, int high, double lambda, LeastRejected& rejected) const;
  // The begin of the longest stage up to `end`.
  int nearest(int end, double lambda, LeastRejected& rejected) const;

 private:
  int furthest_in_time(int begin, int low, int high, double lambda) const;
  int nearest_in_time(int end, double lambda) const;
  bool holds(int begin, int end) const {
    return !memory_binds_ || costs_->fits(device_, begin, end, 1);
  }

  const Costs* costs_;
  const double* sums_;
  double factor_;
  double inverse_;  // of the factor, where that is a number
  int device_;
  bool memory_binds_;  // it does not hold all units
  bool holds_each_unit_;
  double slowest_unit_us_;
};

}  // namespace acceptlab::partition
