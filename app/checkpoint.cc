#include "app/checkpoint.h"

#include <string>
#include <utility>

#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

torch_stage::ModelOptions model_of(const scenarios::Scenario& scenario) {
  return {scenario.model.name, scenario.model.width, scenario.model.classes};
}

}  // namespace

FileCheckpoints::FileCheckpoints(std::filesystem::path folder, const scenarios::Scenario& scenario,
                                 const PlanHistory& plans,
                                 std::map<DeviceId, torch_stage::TorchDevice*> devices)
    : folder_(std::move(folder)),
      scenario_(scenario),
      plans_(plans),
      devices_(std::move(devices)) {}

void save_states(const std::filesystem::path& folder, const scenarios::Scenario& scenario,
                 const Plan& plan, int epochs_done,
                 std::map<DeviceId, std::vector<torch_stage::UnitState>> states) {
  std::filesystem::create_directories(folder);
  torch_stage::Checkpoint checkpoint;
  checkpoint.header.model = model_of(scenario);
  checkpoint.header.seed = static_cast<std::uint64_t>(scenario.seed);
  checkpoint.header.next_epoch = epochs_done;
  checkpoint.header.plan = plan;
  // Of each device its stage: others may have been lost, or have something from before.
  for (const PlannedStage& stage : plan.stages) {
    for (torch_stage::UnitState& unit : states.at(stage.device)) {
      checkpoint.units.push_back(std::move(unit));
    }
  }
  torch_stage::save_checkpoint(folder / ("epoch_" + std::to_string(epochs_done) + ".ckpt"),
                               checkpoint);
}

void FileCheckpoints::save(int epochs_done) {
  if (devices_.empty()) return;
  std::map<DeviceId, std::vector<torch_stage::UnitState>> states;
  for (const PlannedStage& stage : plans_.newest().stages) {
    states[stage.device] = devices_.at(stage.device)->state();
  }
  save_states(folder_, scenario_, plans_.newest(), epochs_done, std::move(states));
}

torch_stage::Checkpoint read_checkpoint(const std::filesystem::path& file,
                                        const scenarios::Scenario& scenario) {
  if (!scenario.cost.numerics) {
    throw ConfigError(file.string() + ": cannot be resumed with cost.numerics = false");
  }
  if (scenario.codec.activation_feedback == scenarios::ActivationFeedback::kDelta) {
    throw ConfigError(file.string() +
                      ": cannot be resumed with codec.activation_feedback = \"delta\": what both "
                      "ends keep of every sample's activations is in no checkpoint");
  }
  torch_stage::Checkpoint checkpoint = torch_stage::load_checkpoint(file, model_of(scenario));
  if (checkpoint.header.seed != static_cast<std::uint64_t>(scenario.seed)) {
    throw ConfigError(file.string() + ": was made with seed " +
                      std::to_string(checkpoint.header.seed) + ", the scenario has seed " +
                      std::to_string(scenario.seed) + "; the order of samples would differ");
  }
  if (checkpoint.header.next_epoch >= scenario.training.epochs) {
    throw ConfigError(file.string() + ": has " + std::to_string(checkpoint.header.next_epoch) +
                      " epochs behind it and training.epochs is " +
                      std::to_string(scenario.training.epochs) + ": nothing is left to train");
  }
  return checkpoint;
}

}  // namespace acceptlab::app
