#pragma once

#include <vector>

#include "scenarios/scenario.h"
#include "sim/faults.h"

namespace acceptlab::app {

// The scenario's faults, but for those of bandwidth, which the links themselves have (links.h).
std::vector<sim::Fault> emulated_faults(const scenarios::Scenario& scenario);

}  // namespace acceptlab::app
