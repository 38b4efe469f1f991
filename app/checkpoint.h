#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/plan_history.h"
#include "runtime/ports/checkpoint_store.h"
#include "runtime/torch/checkpoint.h"
#include "runtime/torch/device.h"
#include "runtime/training_shape.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// A checkpoint of a run.
struct SavedCheckpoint {
  RunPosition next;
  std::string file;  // its name; empty: nothing was kept
};

// For people: where a run that was to stop did so, and how it goes on. Nothing where it was at its
// end. `newest`: its last checkpoint.
std::optional<std::string> stopped_text(const std::optional<SavedCheckpoint>& newest,
                                        const scenarios::Scenario& scenario,
                                        const TrainingShape& shape,
                                        const std::filesystem::path& run_folder);

// Writes what the devices have after n epochs as folder/epoch_<n>.ckpt, after b mini-batches of the
// next one as folder/epoch_<n>_batch_<b>.ckpt. Returns the name.
std::string save_states(const std::filesystem::path& folder, const scenarios::Scenario& scenario,
                        const TrainingShape& shape, const Plan& plan, const RunPosition& next,
                        std::map<DeviceId, std::vector<torch_stage::UnitState>> states);

// Keeps checkpoints as files in a folder, which the first one makes. Without devices (a run without
// numerics) it keeps nothing.
class FileCheckpoints : public CheckpointStore {
 public:
  // All outlive it.
  FileCheckpoints(std::filesystem::path folder, const scenarios::Scenario& scenario,
                  const TrainingShape& shape, const PlanHistory& plans,
                  std::map<DeviceId, torch_stage::TorchDevice*> devices);
  void save(const RunPosition& next) override;
  const std::optional<SavedCheckpoint>& newest() const { return newest_; }

 private:
  std::filesystem::path folder_;
  const scenarios::Scenario& scenario_;
  const TrainingShape& shape_;
  const PlanHistory& plans_;
  std::map<DeviceId, torch_stage::TorchDevice*> devices_;
  std::optional<SavedCheckpoint> newest_;
};

// A checkpoint to resume the scenario from: its units fit any cut. Throws ConfigError where the
// file does not fit the scenario, whose samples make this shape.
torch_stage::Checkpoint read_checkpoint(const std::filesystem::path& file,
                                        const scenarios::Scenario& scenario,
                                        const TrainingShape& shape);

}  // namespace acceptlab::app
