#pragma once

#include <optional>
#include <string>
#include <vector>

namespace acceptlab::partition {

// One stage of a plan: units [first, last], counted from 0, on a device.
struct Placement {
  int device = 0;
  int first = 0;
  int last = 0;
  int codec_after = -1;  // index of the codec of the cut behind it; -1: none, or the last stage
};

inline bool operator==(const Placement& a, const Placement& b) {
  return a.device == b.device && a.first == b.first && a.last == b.last &&
         a.codec_after == b.codec_after;
}

// Predicted times of one mini-batch.
struct StageTimes {
  double forward_us = 0.0;   // codec work included
  double backward_us = 0.0;  // codec work included
  double codec_us = 0.0;     // of both, what encoding and decoding take
  double busy_us = 0.0;      // all of it
  double memory_bytes = 0.0;
};

struct LinkTimes {
  double forward_us = 0.0;  // latency included
  double backward_us = 0.0;
  double busy_us = 0.0;  // both, or the longer one, by the problem's duplex
};

// A plan and what it costs: the same function of problem and placements for every solver.
struct Evaluation {
  std::vector<StageTimes> stages;
  std::vector<LinkTimes> links;  // [stages - 1]
  double bottleneck_us = 0.0;    // largest time of a stage or link
  double makespan_us = 0.0;      // with the problem's micro-batches
  double quality_cost = 0.0;
  double objective_us = 0.0;  // the one of the two that the problem asks for
};

// What the decision rests on: from where on another plan would be better. Unset: it never is,
// within a factor of 10^6.
struct BreakEven {
  int index = 0;                // of the link in the plan, or of the device in the problem
  double now = 0.0;             // bandwidth in bytes/s, or 1 / time_factor relative to today's
  std::optional<double> below;  // the largest smaller value at which another plan is better
  std::optional<double> above;  // the smallest larger one
};

struct Alternative {
  std::vector<Placement> stages;
  double objective_us = 0.0;
};

struct Solution {
  bool feasible = false;
  std::string why_infeasible;  // where it is not
  std::vector<Placement> stages;
  Evaluation cost;
  double lower_bound_us = 0.0;  // no plan is better than this
  std::string bound_proof;      // how that was proven
  bool is_optimal = false;      // the bound is reached
  std::string solver;           // that found it
  std::vector<std::string> warnings;
  // From explain().
  std::vector<Alternative> alternatives;  // best first, the plan itself left out
  std::vector<BreakEven> link_bandwidth;  // [links of the plan]
  std::vector<BreakEven> device_speed;    // [devices of the problem]
};

}  // namespace acceptlab::partition
