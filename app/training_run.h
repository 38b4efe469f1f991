#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/planning.h"
#include "results/run_summary.h"
#include "runtime/plan.h"
#include "scenarios/scenario.h"
#include "sim/cost_model.h"

namespace acceptlab::app {

struct RunRequest {
  const scenarios::Scenario& scenario;
  std::filesystem::path folder;                                // of the results
  std::string command;                                         // as typed
  std::optional<std::filesystem::path> measured_profile = {};  // made before, see load_profiles
  std::optional<std::filesystem::path> resume_from = {};       // a checkpoint of the same model
  std::optional<Plan> plan = {};                // instead of one that the scenario's method makes
  std::optional<DeviceProfiles> profiles = {};  // instead of those that the scenario names
  // How mini-batches differ from the profiles; devices without are as their profiles say.
  std::map<DeviceId, std::vector<sim::CostFactors>> variations = {};
  bool replace = false;  // an existing run folder, once everything else is known to be right
  bool show_progress = false;
  // True: the run is to stop soon, with a checkpoint to go on from. Empty: it runs to its end.
  std::function<bool()> stop_wanted = {};
};

// One emulated training run, from scenario to run folder. Throws ConfigError on wrong input, and
// std::runtime_error where training fails.
results::RunSummary run_training(const RunRequest& request);

}  // namespace acceptlab::app
