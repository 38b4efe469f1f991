#include "partition/steady_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "partition/evaluate.h"

namespace acceptlab::partition {
namespace {

// Stages of one unit each, on devices of their own; bytes cross cuts at 1 byte a us.
struct Pipeline {
  std::vector<UnitTime> stages;
  std::vector<UnitTime> links;  // bytes = us
  double latency_us = 0.0;
};

Problem problem_of(const Pipeline& pipeline) {
  Problem problem;
  for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
    Unit unit;
    unit.time = pipeline.stages[s];
    if (s < pipeline.links.size()) {
      unit.activation_bytes = pipeline.links[s].forward_us;
      unit.gradient_bytes = pipeline.links[s].backward_us;
    }
    problem.units.push_back(unit);
  }
  problem.devices.resize(problem.units.size());
  problem.links.assign(problem.units.size(),
                       std::vector<Link>(problem.units.size(), {1e6, pipeline.latency_us}));
  return problem;
}

double steady_state_of(const Pipeline& pipeline) {
  const Problem problem = problem_of(pipeline);
  std::vector<Placement> stages;
  for (int s = 0; s < problem.unit_count(); ++s) stages.push_back({s, s, s, -1});
  const Costs costs(problem);
  return steady_state_us(costs, stages, evaluate(costs, stages));
}

// The schedule itself, batch after batch.
class Schedule {
 public:
  explicit Schedule(const Pipeline& pipeline)
      : p_(pipeline), stages_(static_cast<int>(pipeline.stages.size())) {}

  // The mean over the last half of 4,000 mini-batches.
  double us_per_batch() {
    constexpr int kBatches = 4000;
    free_.assign(p_.stages.size(), 0.0);
    there_free_.assign(p_.links.size(), 0.0);
    back_free_ = there_free_;
    activation_.assign(p_.stages.size(), std::vector<double>(kBatches + 8, 0.0));
    gradient_ = activation_;
    double half = 0.0;
    // Rounds: in round n, stage s runs the forward of n and the backward of n + 1 - window.
    for (int n = 0; n < kBatches; ++n) {
      for (int s = 0; s + 1 < stages_; ++s) forward(s, n);
      last(n);
      for (int s = stages_ - 2; s >= 0; --s) {
        const int batch = n + 1 - (stages_ - s);
        if (batch >= 0) backward(s, batch);
      }
      if (n == kBatches / 2) half = free_[0];
    }
    return (free_[0] - half) / (kBatches - 1 - kBatches / 2);
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  void forward(int s, int n) {
    free_[at(s)] = std::max(free_[at(s)], activation_[at(s)][at(n)]) + p_.stages[at(s)].forward_us;
    send(there_free_[at(s)], free_[at(s)], p_.links[at(s)].forward_us,
         activation_[at(s + 1)][at(n)]);
  }
  void last(int n) {
    const std::size_t s = at(stages_ - 1);
    free_[s] = std::max(free_[s], activation_[s][at(n)]) + p_.stages[s].forward_us +
               p_.stages[s].backward_us;
    if (s > 0)
      send(back_free_[s - 1], free_[s], p_.links[s - 1].backward_us, gradient_[s - 1][at(n)]);
  }
  void backward(int s, int n) {
    free_[at(s)] = std::max(free_[at(s)], gradient_[at(s)][at(n)]) + p_.stages[at(s)].backward_us;
    if (s == 0) return;
    send(back_free_[at(s - 1)], free_[at(s)], p_.links[at(s - 1)].backward_us,
         gradient_[at(s - 1)][at(n)]);
  }
  void send(double& link_free, double ready, double us, double& arrives) const {
    link_free = std::max(link_free, ready) + us;
    arrives = link_free + p_.latency_us;
  }

  const Pipeline& p_;
  const int stages_;
  std::vector<double> free_, there_free_, back_free_;
  std::vector<std::vector<double>> activation_, gradient_;  // when they arrive
};

TEST(SteadyState, IsTheLargestStageOrOneWayOfALink) {
  EXPECT_NEAR(steady_state_of({{{10, 20}}, {}}), 30.0, 1e-6);
  EXPECT_NEAR(steady_state_of({{{10, 20}, {5, 5}, {1, 1}}, {{1, 1}, {1, 1}}}), 30.0, 1e-6);
  EXPECT_NEAR(steady_state_of({{{1, 2}, {2, 2}, {1, 1}}, {{50, 40}, {1, 1}}}), 50.0, 1e-6);
}

// The way of a mini-batch from the first of two stages and back, 10 + 30 + 8 + 30 + 10, is shared
// by the two in flight.
TEST(SteadyState, KnowsTheWindow) {
  EXPECT_NEAR(steady_state_of({{{10, 10}, {4, 4}}, {{30, 30}}}), 44.0, 1e-6);
  EXPECT_NEAR(steady_state_of({{{10, 10}, {4, 4}}, {{20, 20}}, 10.0}), 44.0, 1e-6) << "latency";
}

TEST(SteadyState, IsWhatTheScheduleGives) {
  std::mt19937 random(5);
  const auto some = [&random](double most) {
    return std::uniform_real_distribution<double>(0.0, most)(random);
  };
  int longer = 0;
  for (int i = 0; i < 300; ++i) {
    Pipeline pipeline;
    const int stages = 1 + i % 6;
    for (int s = 0; s < stages; ++s) pipeline.stages.push_back({some(100.0), some(100.0)});
    const double most = some(300.0);
    for (int s = 0; s + 1 < stages; ++s) pipeline.links.push_back({some(most), some(most)});
    pipeline.latency_us = some(50.0);
    const double found = steady_state_of(pipeline);
    EXPECT_NEAR(found, Schedule(pipeline).us_per_batch(), 0.05 + 1e-3 * found) << i;
    double largest = 0.0;
    for (const UnitTime& stage : pipeline.stages) {
      largest = std::max(largest, stage.forward_us + stage.backward_us);
    }
    for (const UnitTime& link : pipeline.links) {
      largest = std::max({largest, link.forward_us, link.backward_us});
    }
    EXPECT_GE(found, largest * (1.0 - 1e-9)) << i;
    if (found > 1.05 * largest) ++longer;
  }
  EXPECT_GT(longer, 50) << "windows hardly ever matter";
}

}  // namespace
}  // namespace acceptlab::partition
