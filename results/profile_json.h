#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/result.h"
#include "runtime/device_profile.h"

namespace acceptlab::results {

// A device profile as JSON (README: acceptlab-profile). Times survive exactly, to the nanosecond.
std::string profile_to_json(const DeviceProfile& profile);

// Returns kConfig, naming `origin`, key and rule, on: bad syntax, a key that is unknown, missing or
// given twice, a wrong type, a time that is negative or not finite, a shape whose product is not
// its number of values, no units, a sub-model outside the units.
Result<DeviceProfile> profile_from_json(const std::string& text, const std::string& origin);

Result<DeviceProfile> read_profile(const std::filesystem::path& path);
// Replaces the file at once: no reader sees half a profile. Returns the path, or kConfig.
Result<std::filesystem::path> write_profile(const DeviceProfile& profile,
                                            const std::filesystem::path& path);

}  // namespace acceptlab::results
