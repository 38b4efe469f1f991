#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/planning.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// The entry among a profile's codecs that says what zstd costs beside a codec: its times are those
// of a byte of a message's body.
inline constexpr const char* kZstdSpeed = "zstd";

// Speeds of the usual codecs, of `more` and of zstd on this host.
std::map<std::string, CodecSpeed> measure_codecs(const std::vector<std::string>& more);

// The names of every codec that a scenario may use.
std::vector<std::string> codecs_of(const scenarios::CodecSettings& settings);

// Measures this host for the scenario's model and batch: its units, and codecs as above.
DeviceProfile measure_profile(const scenarios::ModelSettings& model, int batch_samples,
                              int repetitions, const std::vector<std::string>& more_codecs = {});

// The profile of every device: its own file, else the scenario's cost.profile, else `measured`
// (a file made by measure_profile), else measured now, with the scenario's codecs. Throws
// ConfigError where a file is of another model or batch.
DeviceProfiles load_profiles(const scenarios::Scenario& scenario,
                             const std::optional<std::filesystem::path>& measured);

// Writes a profile where a file may or may not be. Throws ConfigError.
void save_profile(const DeviceProfile& profile, const std::filesystem::path& file);

}  // namespace acceptlab::app
