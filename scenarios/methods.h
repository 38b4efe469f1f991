#pragma once

#include <string>
#include <vector>

#include "scenarios/diagnostics.h"
#include "scenarios/scenario.h"
#include "scenarios/settings.h"

namespace acceptlab::scenarios {

// What a named method stands for.
struct MethodRow {
  struct Rule {
    std::string path;
    std::string word;  // of a flag: true or false
  };
  Method method;
  std::vector<Rule> sets;      // a file that says otherwise is wrong
  bool compresses;             // false: [codec] is that of a new scenario, whatever a file says
  std::vector<Rule> defaults;  // of [codec], where the file is silent
};

// One row for each method but kCustom.
const std::vector<MethodRow>& methods();

// Brings the scenario in line with its method. A contradiction names both lines.
void apply_method(const Settings& settings, Scenario& scenario, Diagnostics& problems);

}  // namespace acceptlab::scenarios
