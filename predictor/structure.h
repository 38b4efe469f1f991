#pragma once

#include <string>
#include <vector>

namespace acceptlab::predictor {

// What is timed, AccEPT's first input: a binary vector, written as the indices that are 1, in
// increasing order. Of a sub-model they are its units.
using Structure = std::vector<int>;

// What a structure took on some device: one time an output (forward and backward), all above 0.
struct Observation {
  Structure structure;
  std::vector<double> times_ms;
};

// Everything known of one device.
struct DeviceObservations {
  std::string name;
  std::vector<Observation> observations;
};

}  // namespace acceptlab::predictor
