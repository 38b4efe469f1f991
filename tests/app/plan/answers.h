#pragma once

#include "app/plan/problem_json.h"
#include "partition/solution.h"
#include "partition/solve.h"

namespace acceptlab::app {

// A problem of 3 units on 2 of 3 devices with one codec, and an answer to it that was made by hand
// but for its costs.
inline PlanInput sample_input() {
  PlanInput input;
  input.name = "sample";
  input.problem.units = {{"u1", {1000.0, 2000.0}, 40'000.0, 40'000.0, 1e6, 0.0},
                         {"u2", {1500.0, 2500.0}, 20'000.0, 20'000.0, 2e6, 0.0},
                         {"u3", {500.0, 500.0}, 0.0, 0.0, 5e5, 0.0}};
  input.problem.devices.resize(3);
  const char* const names[] = {"central", "spare", "board"};
  for (std::size_t d = 0; d < 3; ++d) {
    input.problem.devices[d].name = names[d];
    input.problem.devices[d].bandwidth_bytes_per_s = 12.5e6;
    input.problem.devices[d].latency_us = 100.0;
  }
  input.problem.devices[1].time_factor = 4.0;
  input.problem.devices[2].memory_bytes = 16e6;
  partition::Codec codec;
  codec.name = "mbq4";
  codec.activation_ratio = 8.0;
  codec.gradient_ratio = 4.0;
  codec.activation_time = codec.gradient_time = {0.001, 0.002};
  input.problem.codecs = {codec};
  input.warnings = {"something given does not count"};
  return input;
}

inline partition::Solution sample_solution(const PlanInput& input) {
  partition::Solution solution;
  solution.feasible = true;
  solution.stages = {{0, 0, 0, 0}, {2, 1, 2, -1}};
  solution.cost = partition::evaluate(input.problem, solution.stages);
  solution.lower_bound_us = solution.cost.objective_us;
  solution.bound_proof = "made up";
  solution.is_optimal = true;
  solution.solver = "by hand";
  solution.warnings = {"nothing was solved"};
  return solution;
}

inline void add_explanation(partition::Solution& solution) {
  solution.alternatives = {{{{0, 0, 2, -1}}, 8000.0}};
  solution.link_bandwidth = {{0, 12.5e6, 3.9e6, std::nullopt}};
  solution.device_speed = {
      {0, 1.0, 0.625, std::nullopt}, {1, 0.25, std::nullopt, 0.5}, {2, 1.0, 0.8, 1.75}};
}

}  // namespace acceptlab::app
