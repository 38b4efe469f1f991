#pragma once

#include <algorithm>
#include <limits>
#include <tuple>

namespace acceptlab::partition {

// What the dynamic programs judge a plan by, or its part from some unit on. A label grows from the
// last stage to the first; one that is default-made stands for no plan.

// The slowest stage or link.
struct Bottleneck {
  double us = std::numeric_limits<double>::infinity();
  bool found() const { return us < std::numeric_limits<double>::infinity(); }
  bool better_than(const Bottleneck& other) const { return us < other.us; }
  Bottleneck behind_link(double link_us, double /*quality_cost*/) const {
    return {std::max(us, link_us)};
  }
  Bottleneck behind_stage(double stage_us) const { return {std::max(us, stage_us)}; }
  static Bottleneck last_stage(double stage_us) { return {stage_us}; }
};

// Of plans that are fast enough: what else counts.
struct Expense {
  double quality_cost = std::numeric_limits<double>::infinity();
  int stages = 0;
  double total_us = 0.0;
  bool found() const { return quality_cost < std::numeric_limits<double>::infinity(); }
  bool better_than(const Expense& o) const {
    return std::tie(quality_cost, stages, total_us) <
           std::tie(o.quality_cost, o.stages, o.total_us);
  }
  Expense behind_link(double link_us, double cost) const {
    return {quality_cost + cost, stages, total_us + link_us};
  }
  Expense behind_stage(double stage_us) const {
    return {quality_cost, stages + 1, total_us + stage_us};
  }
  static Expense last_stage(double stage_us) { return {0.0, 1, stage_us}; }
};

}  // namespace acceptlab::partition
