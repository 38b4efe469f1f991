#include "app/checkpoint.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

torch_stage::ModelOptions model_of(const scenarios::Scenario& scenario) {
  return {scenario.model.name, scenario.model.width, scenario.model.classes};
}

std::string file_name(const RunPosition& next) {
  if (next.batch == 0) return fmt::format("epoch_{}.ckpt", next.epoch);
  return fmt::format("epoch_{}_batch_{}.ckpt", next.epoch, next.batch);
}

// In the middle of an epoch its mini-batches are to be the same as before.
void require_same_epoch(const std::filesystem::path& file,
                        const torch_stage::CheckpointHeader& header, const TrainingShape& shape) {
  const RunPosition& next = header.next;
  if (next.batch == 0) return;
  const bool same =
      header.train_samples == shape.train_samples && header.batch_samples == shape.batch_samples;
  if (same && next.batch > 0 && next.batch <= shape.batches(Phase::kTrain)) return;
  throw ConfigError(fmt::format(
      "{}: was made after {} mini-batches of an epoch of {} samples, {} in a mini-batch; the "
      "scenario has {}, {} in a mini-batch: with other mini-batches it goes on only at the end of "
      "an epoch",
      file.string(), next.batch, header.train_samples, header.batch_samples, shape.train_samples,
      shape.batch_samples));
}

}  // namespace

FileCheckpoints::FileCheckpoints(std::filesystem::path folder, const scenarios::Scenario& scenario,
                                 const TrainingShape& shape, const PlanHistory& plans,
                                 std::map<DeviceId, torch_stage::TorchDevice*> devices)
    : folder_(std::move(folder)),
      scenario_(scenario),
      shape_(shape),
      plans_(plans),
      devices_(std::move(devices)) {}

std::optional<std::string> stopped_text(const std::optional<SavedCheckpoint>& newest,
                                        const scenarios::Scenario& scenario,
                                        const TrainingShape& shape,
                                        const std::filesystem::path& run_folder) {
  if (!newest || newest->next.epoch >= scenario.training.epochs) return std::nullopt;
  const std::string where =
      fmt::format("stopped in epoch {}, after {} of its {} mini-batches", newest->next.epoch,
                  newest->next.batch, shape.batches(Phase::kTrain));
  if (newest->file.empty()) return where + "; no checkpoint was kept";
  return where + "; --resume " + (run_folder / "checkpoints" / newest->file).string() +
         " goes on from there";
}

std::string save_states(const std::filesystem::path& folder, const scenarios::Scenario& scenario,
                        const TrainingShape& shape, const Plan& plan, const RunPosition& next,
                        std::map<DeviceId, std::vector<torch_stage::UnitState>> states) {
  std::filesystem::create_directories(folder);
  torch_stage::Checkpoint checkpoint;
  checkpoint.header.model = model_of(scenario);
  checkpoint.header.seed = static_cast<std::uint64_t>(scenario.seed);
  checkpoint.header.next = next;
  checkpoint.header.train_samples = shape.train_samples;
  checkpoint.header.batch_samples = shape.batch_samples;
  checkpoint.header.plan = plan;
  // Of each device its stage: others may have been lost, or have something from before.
  for (const PlannedStage& stage : plan.stages) {
    for (torch_stage::UnitState& unit : states.at(stage.device)) {
      checkpoint.units.push_back(std::move(unit));
    }
  }
  std::string name = file_name(next);
  torch_stage::save_checkpoint(folder / name, checkpoint);
  return name;
}

void FileCheckpoints::save(const RunPosition& next) {
  newest_ = SavedCheckpoint{next, {}};
  if (devices_.empty()) return;
  std::map<DeviceId, std::vector<torch_stage::UnitState>> states;
  const Plan plan = plans_.newest();
  for (const PlannedStage& stage : plan.stages) {
    states[stage.device] = devices_.at(stage.device)->state();
  }
  newest_->file = save_states(folder_, scenario_, shape_, plan, next, std::move(states));
}

torch_stage::Checkpoint read_checkpoint(const std::filesystem::path& file,
                                        const scenarios::Scenario& scenario,
                                        const TrainingShape& shape) {
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
  require_same_epoch(file, checkpoint.header, shape);
  if (checkpoint.header.next.epoch >= scenario.training.epochs) {
    throw ConfigError(file.string() + ": has " + std::to_string(checkpoint.header.next.epoch) +
                      " epochs behind it and training.epochs is " +
                      std::to_string(scenario.training.epochs) + ": nothing is left to train");
  }
  return checkpoint;
}

}  // namespace acceptlab::app
