#pragma once

#include <filesystem>
#include <optional>

#include "app/planning.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// Measures this host for the scenario's model and batch, with every codec's speed.
DeviceProfile measure_profile(const scenarios::ModelSettings& model, int batch_samples,
                              int repetitions, bool all_sub_models, bool show_progress);

// The profile of every device: its own file, else the scenario's cost.profile, else `measured`
// (a file made by measure_profile), else measured now. Throws ConfigError where a file is of
// another model or batch.
DeviceProfiles load_profiles(const scenarios::Scenario& scenario,
                             const std::optional<std::filesystem::path>& measured);

// Writes a profile where a file may or may not be. Throws ConfigError.
void save_profile(const DeviceProfile& profile, const std::filesystem::path& file);

}  // namespace acceptlab::app
