#pragma once

#include <string>
#include <vector>

#include "predictor/structure.h"

namespace acceptlab::predictor {

// Throws ConfigError, beginning with `whose`, on no observations, an index outside the features,
// indices that do not increase, a number of times that is not `outputs`, or a time that is not
// positive and finite.
void check_observations(const std::string& whose, const std::vector<Observation>& observations,
                        int features, int outputs);

// The same of one structure.
void check_structure(const std::string& whose, const Structure& structure, int features);

}  // namespace acceptlab::predictor
