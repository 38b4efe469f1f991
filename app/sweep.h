#pragma once

#include <filesystem>
#include <string>

#include "results/sweep_manifest.h"
#include "scenarios/document.h"

namespace acceptlab::app {

struct SweepRequest {
  const scenarios::Document& document;
  std::filesystem::path folder;  // of the results; an earlier start's finished points are kept
  std::string command;           // as typed
  int jobs = 1;                  // processes at once
  bool force = false;            // redo finished points
  results::Shard shard = {};     // which points to run
};

// Runs every point of the grid that the shard holds in a process of its own and writes
// sweep.csv after each. Returns true where every point has a result. Throws ConfigError before
// anything runs.
bool run_sweep(const SweepRequest& request);

}  // namespace acceptlab::app
