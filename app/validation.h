#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/testbed_run.h"
#include "scenarios/document.h"

namespace acceptlab::app {

struct ValidationRequest {
  const std::vector<scenarios::Document>& documents;  // all of their points, in order
  std::filesystem::path folder;  // of the results; an earlier start's finished points are kept
  TestbedHost host;
  bool emulate_again = false;  // of finished points, too: what was measured stays
  std::string stage_times;     // as `emulate-from` takes it
};

// Trains every point for real on the testbed, then emulates it with the profiles and link rates
// recorded there, and writes fidelity.csv, fidelity_components.csv and fidelity_summary.json after
// each. Returns true where every point has a result. Throws ConfigError before anything runs.
bool run_validation(const ValidationRequest& request);

}  // namespace acceptlab::app
