#pragma once

#include "scenarios/diagnostics.h"
#include "scenarios/document.h"
#include "scenarios/scenario.h"

namespace acceptlab::scenarios {

// Turns a document into a scenario with everything in force: defaults, the method's keys, absolute
// paths. Throws ConfigError that lists every mistake found, one a line, each with its origin; also
// where the document is a sweep (see scenarios/sweep.h).
Scenario load_scenario(const Document& document);

// The same without throwing and whether there is a sweep or not. The result is meaningful only
// where no problem was added.
Scenario load_scenario(const Document& document, Diagnostics& problems);

}  // namespace acceptlab::scenarios
