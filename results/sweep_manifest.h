#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace acceptlab::results {

// Part `index` of `count` of a sweep, both counted from 1: the points index, index + count...
struct Shard {
  int index = 1;
  int count = 1;

  bool holds(int point) const { return (point - index) % count == 0; }  // counted from 1
};

bool operator==(const Shard& a, const Shard& b);
std::string to_string(Shard shard);  // "2/8"
// Returns kConfig on anything but i/n with 1 <= i <= n.
Result<Shard> parse_shard(const std::string& text);

// The content of sweep.json: which sweep a folder belongs to, and which part of it it has.
struct SweepManifest {
  Shard shard;
  std::vector<std::string> scenario_hashes;  // of every point of the whole sweep, in order
};

std::string sweep_manifest_to_json(const SweepManifest& manifest);

// Replaces sweep.json in `sweep_folder` at once.
Result<std::filesystem::path> write_sweep_manifest(const std::filesystem::path& sweep_folder,
                                                   const SweepManifest& manifest);

// Returns kConfig where there is no sweep.json, kCorrupt where it is damaged.
Result<SweepManifest> read_sweep_manifest(const std::filesystem::path& sweep_folder);

}  // namespace acceptlab::results
