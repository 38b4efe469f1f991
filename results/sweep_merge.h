#pragma once

#include <filesystem>
#include <vector>

namespace acceptlab::results {

// Puts the shards of one sweep together as the new folder `out`: sweep.csv, sweep.json and the
// points are those of the sweep run in one piece, but for what manifest.json says of each run's
// command, machine and time. Returns how many points failed. Throws ConfigError, and leaves nothing
// behind, where the folders are of different sweeps or revisions, share a point or lack one, or
// `out` exists.
int merge_sweeps(const std::vector<std::filesystem::path>& shards,
                 const std::filesystem::path& out);

}  // namespace acceptlab::results
