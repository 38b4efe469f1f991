#pragma once

#include <vector>

#include "app/predictor/evaluation.h"
#include "partition/problem.h"
#include "runtime/base/rng.h"

namespace acceptlab::app {

// Cuts chosen from predicted times, judged by true ones. A case is 2 to 4 devices in a random
// order, links of a random bandwidth from 1 to 1000 Mbit/s (uniform in its logarithm) and messages
// uncompressed or 8 times smaller. The same seed gives the same cases to every contestant.
class RegretCases {
 public:
  // `table` and `model` outlive this object.
  RegretCases(const PersonaTable& table, const DeviceProfile& model,
              const EvaluationOptions& options);

  // Draws `count` cases among devices that the predictions are of. Requires: at least 2 devices, a
  // prediction of each.
  void add(const std::vector<Persona>& devices, const std::vector<SubModelTimes>& predicted,
           int count);
  Regret result(const std::string& contestant) const;

 private:
  struct Case {
    std::vector<std::size_t> devices;
    double bandwidth_bytes_per_s = 0.0;
    double compression = 1.0;
  };
  Case draw(std::size_t devices);
  partition::Problem problem_of(const Case& drawn, const std::vector<SubModelTimes>& times) const;

  const PersonaTable& table_;
  const DeviceProfile& model_;
  Rng rng_;
  std::vector<double> ratios_;
};

}  // namespace acceptlab::app
