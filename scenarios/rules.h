#pragma once

#include "scenarios/diagnostics.h"
#include "scenarios/scenario.h"
#include "scenarios/settings.h"

namespace acceptlab::scenarios {

// Checks what involves more than one key. Requires: each key is right by itself, and the method is
// applied.
void check_rules(const Settings& settings, const Scenario& scenario, Diagnostics& problems);

// Complains about keys that change nothing because another key selects something else. Not where
// --set or a sweep selected it: then the file serves several cases.
void check_effects(const Settings& settings, const Scenario& scenario, Diagnostics& problems);

// Gives every key that changes nothing its default, so that a scenario is what is in force.
void drop_ineffective(Scenario& scenario);

}  // namespace acceptlab::scenarios
