#pragma once

#include <filesystem>
#include <vector>

#include "runtime/ports/checkpoint_store.h"
#include "runtime/torch/stage.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// Keeps checkpoints as files epoch_<n>.ckpt in a folder, which the first one makes. Without stages
// (a run without numerics) it keeps nothing.
class FileCheckpoints : public CheckpointStore {
 public:
  // The stages outlive it.
  FileCheckpoints(std::filesystem::path folder, const scenarios::Scenario& scenario,
                  std::vector<torch_stage::TorchStage*> stages);
  void save(int epochs_done) override;

 private:
  std::filesystem::path folder_;
  const scenarios::Scenario& scenario_;
  std::vector<torch_stage::TorchStage*> stages_;
};

// Loads a checkpoint into the stages, whatever cut it was made with, and returns how many epochs it
// has behind it. Throws ConfigError where the file does not fit the scenario.
int resume(const std::filesystem::path& file, const scenarios::Scenario& scenario,
           const std::vector<torch_stage::TorchStage*>& stages);

}  // namespace acceptlab::app
