#pragma once

#include <string>

#include "scenarios/scenario.h"

namespace acceptlab::scenarios {

// Every key with the value in force; loading it gives the same scenario. Ends with a newline.
std::string to_toml(const Scenario& scenario);

// 16 hexadecimal digits that tell whether two scenarios are the same experiment. Files that a
// scenario names count by content, not by name: a profile measured anew is another experiment, a
// directory moved elsewhere is not.
std::string scenario_hash(const Scenario& scenario);

}  // namespace acceptlab::scenarios
