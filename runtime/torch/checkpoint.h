#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "runtime/plan.h"
#include "runtime/run_position.h"
#include "runtime/torch/model.h"
#include "runtime/torch/unit_state.h"

namespace acceptlab::torch_stage {

// What a checkpoint says besides the state of the units.
struct CheckpointHeader {
  ModelOptions model;
  std::uint64_t seed = 0;
  RunPosition next;
  std::int64_t train_samples = 0;  // of the epoch that `next` is in
  std::int32_t batch_samples = 0;  // of its mini-batches
  Plan plan;                       // in force; without predicted times
};

struct Checkpoint {
  CheckpointHeader header;
  std::vector<UnitState> units;  // of all stages, in the order of the model
};

// Writes beside `path` and renames, so that `path` always holds a whole checkpoint.
// Throws ConfigError where the file cannot be written.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// Throws ConfigError where the file is missing, no checkpoint, of another format version,
// truncated, damaged, or of another model than `expected`; the message says which.
Checkpoint load_checkpoint(const std::filesystem::path& path, const ModelOptions& expected);

}  // namespace acceptlab::torch_stage
