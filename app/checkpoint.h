#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "app/plan_history.h"
#include "runtime/ports/checkpoint_store.h"
#include "runtime/torch/checkpoint.h"
#include "runtime/torch/device.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// Writes what the devices have after so many epochs as folder/epoch_<n>.ckpt.
void save_states(const std::filesystem::path& folder, const scenarios::Scenario& scenario,
                 const Plan& plan, int epochs_done,
                 std::map<DeviceId, std::vector<torch_stage::UnitState>> states);

// Keeps checkpoints as files epoch_<n>.ckpt in a folder, which the first one makes. Without devices
// (a run without numerics) it keeps nothing.
class FileCheckpoints : public CheckpointStore {
 public:
  // All outlive it.
  FileCheckpoints(std::filesystem::path folder, const scenarios::Scenario& scenario,
                  const PlanHistory& plans, std::map<DeviceId, torch_stage::TorchDevice*> devices);
  void save(int epochs_done) override;

 private:
  std::filesystem::path folder_;
  const scenarios::Scenario& scenario_;
  const PlanHistory& plans_;
  std::map<DeviceId, torch_stage::TorchDevice*> devices_;
};

// A checkpoint to resume the scenario from: its units fit any cut. Throws ConfigError where the
// file does not fit the scenario.
torch_stage::Checkpoint read_checkpoint(const std::filesystem::path& file,
                                        const scenarios::Scenario& scenario);

}  // namespace acceptlab::app
