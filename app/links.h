#pragma once

#include <vector>

#include "runtime/plan.h"
#include "scenarios/scenario.h"
#include "sim/network.h"

namespace acceptlab::app {

// The links that a plan uses: between neighbouring stages, and between the central node and the
// last stage, which gets the labels from it. Throws ConfigError on a bad trace file.
std::vector<sim::LinkSpec> plan_links(const scenarios::Scenario& scenario, const Plan& plan);
// A link between any two devices: for plans that change.
std::vector<sim::LinkSpec> all_links(const scenarios::Scenario& scenario);

// The mean bandwidth of a direction in the long run; of a random walk where it starts. Throws
// ConfigError on a bad trace file.
double long_run_mbit_s(const scenarios::LinkSettings& link);

// The payload rate that a planner may count on from one device to another: the long-run mean of
// the direction's bandwidth less what TCP, IP and link headers take.
BitsPerSecond planning_rate(const scenarios::Scenario& scenario, int from, int to);

// The bandwidth of a link that carries so much payload: the inverse of planning_rate.
BitsPerSecond bandwidth_for(const scenarios::Scenario& scenario, BitsPerSecond payload_rate);

}  // namespace acceptlab::app
