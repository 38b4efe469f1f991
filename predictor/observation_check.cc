#include "predictor/observation_check.h"

#include <cmath>

#include "runtime/base/result.h"

namespace acceptlab::predictor {

void check_structure(const std::string& whose, const Structure& structure, int features) {
  if (structure.empty()) throw ConfigError(whose + ": a structure is empty");
  int before = -1;
  for (const int index : structure) {
    if (index <= before || index >= features) {
      throw ConfigError(whose + ": index " + std::to_string(index) + " after " +
                        std::to_string(before) + "; indices increase and are below " +
                        std::to_string(features));
    }
    before = index;
  }
}

void check_observations(const std::string& whose, const std::vector<Observation>& observations,
                        int features, int outputs) {
  if (observations.empty()) throw ConfigError(whose + ": there are none");
  for (const Observation& o : observations) {
    check_structure(whose, o.structure, features);
    if (static_cast<int>(o.times_ms.size()) != outputs) {
      throw ConfigError(whose + ": " + std::to_string(o.times_ms.size()) + " times, need " +
                        std::to_string(outputs));
    }
    for (const double time : o.times_ms) {
      if (std::isfinite(time) && time > 0.0) continue;
      throw ConfigError(whose + ": a time must be positive, have " + std::to_string(time) + " ms");
    }
  }
}

}  // namespace acceptlab::predictor
