#pragma once

#include "scenarios/diagnostics.h"
#include "scenarios/scenario.h"
#include "scenarios/settings.h"

namespace acceptlab::scenarios {

// The rules about [recovery] and [[faults]] that concern more than one key.
void check_fault_rules(const Settings& settings, const Scenario& scenario, Diagnostics& problems);

}  // namespace acceptlab::scenarios
