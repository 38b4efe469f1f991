#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/document.h"
#include "scenarios/scenario.h"

namespace acceptlab::scenarios {

// One scenario of a sweep.
struct SweepPoint {
  std::size_t index = 0;  // from 0, in the order of the grid
  // Key and value, in the order of the file. Text stands without quotes, as in a table.
  std::vector<std::pair<std::string, std::string>> values;
  Scenario scenario;
};

// All combinations of what [sweep] lists, the last key changing fastest (keys that tables of one
// section set together count as one); one point without values
// where the document has no sweep. Every point is checked before any is returned: throws
// ConfigError that lists every mistake.
std::vector<SweepPoint> expand_sweep(const Document& document);

}  // namespace acceptlab::scenarios
