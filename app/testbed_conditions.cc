#include "app/testbed_conditions.h"

#include <utility>

#include "app/links.h"
#include "app/stages.h"

namespace acceptlab::app {

TestbedConditions::TestbedConditions(const scenarios::Scenario& scenario, testbed::Testbed& testbed)
    : testbed_(testbed), in_force_(scenario.devices.size(), 0.0) {
  add_directions(scenario);
  for (const scenarios::Device& device : scenario.devices) {
    slowdowns_.push_back(slowdown_of(device));
  }
  follow(TimePoint{});
}

void TestbedConditions::add_directions(const scenarios::Scenario& scenario) {
  for (sim::LinkSpec& link : all_links(scenario)) {
    const auto add = [this](DeviceId from, DeviceId to, sim::DirectionSpec& direction) {
      directions_.push_back({from.value, to.value, direction.queue_packets,
                             sim::RateTimeline(std::move(direction.bandwidth))});
    };
    add(link.a, link.b, link.a_to_b);
    add(link.b, link.a, link.b_to_a);
  }
}

void TestbedConditions::follow(TimePoint since_start) {
  for (Direction& d : directions_) {
    testbed_.shape(d.from, d.to, d.timeline.rate_at(since_start), d.queue_packets);
  }
  for (std::size_t d = 0; d < slowdowns_.size(); ++d) {
    const double now = slowdowns_[d].at(since_start);
    if (now == in_force_[d]) continue;
    testbed_.slow_down(static_cast<int>(d), now);
    in_force_[d] = now;
  }
}

}  // namespace acceptlab::app
