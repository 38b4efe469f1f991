#pragma once

#include <vector>

#include "app/testbed/testbed.h"
#include "runtime/base/units.h"
#include "scenarios/scenario.h"
#include "sim/cost_model.h"
#include "sim/rate_timeline.h"

namespace acceptlab::app {

// Keeps the links and devices of a testbed as its scenario has them over time. Rates are those that
// the emulation of the same scenario and seed has at the same time.
class TestbedConditions {
 public:
  // Sets what holds at the start. Both outlive it.
  TestbedConditions(const scenarios::Scenario& scenario, testbed::Testbed& testbed);
  // To be called often, with times that do not decrease.
  void follow(TimePoint since_start);

 private:
  struct Direction {
    int from = 0;
    int to = 0;
    int queue_packets = 0;
    sim::RateTimeline timeline;
  };
  void add_directions(const scenarios::Scenario& scenario);

  testbed::Testbed& testbed_;
  std::vector<Direction> directions_;
  std::vector<sim::Slowdown> slowdowns_;  // by device
  std::vector<double> in_force_;          // by device; 0: none yet
};

}  // namespace acceptlab::app
