#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/planning.h"
#include "app/run_codecs.h"
#include "runtime/data/dataset.h"
#include "runtime/plan_in_force.h"
#include "runtime/ports/stage_compute.h"
#include "runtime/torch/device.h"
#include "runtime/torch/input_format.h"
#include "scenarios/scenario.h"
#include "sim/cost_model.h"

namespace acceptlab::app {

// The schedule and the shape that a scenario asks for, given how many samples there are.
Schedule schedule_of(const scenarios::Scenario& scenario);
TrainingShape shape_of(const scenarios::Scenario& scenario, std::int64_t train_samples,
                       std::int64_t test_samples);

// How the first stage reads the samples of a training set.
torch_stage::InputFormat input_format(const data::Dataset& data);

// A device that computes by LibTorch. `first`: its stage at the start; nothing: none. `input` is
// used by the first stage. Scenario and codecs outlive the device.
std::unique_ptr<torch_stage::TorchDevice> make_stage_device(const scenarios::Scenario& scenario,
                                                            const std::optional<StageConfig>& first,
                                                            const torch_stage::InputFormat& input,
                                                            const RunCodecs& codecs);

// How a device's speed changes over time.
sim::Slowdown slowdown_of(const scenarios::Device& device);

// The emulated devices: what each computes with and what that costs.
struct DeviceParts {
  std::unique_ptr<RunCodecs> codecs;  // the devices keep references
  std::vector<DeviceId> ids;
  std::vector<std::unique_ptr<StageCompute>> computes;
  std::vector<torch_stage::TorchDevice*> torch;  // the same; empty without numerics
  std::vector<std::unique_ptr<sim::CostModel>> costs;
};

// Of the devices that `plan` uses, in pipeline order; where it may change, of all.
// `data`: the training set, which normalisation is taken from; null without numerics.
DeviceParts make_devices(const scenarios::Scenario& scenario, const Plan& plan,
                         const Training& training, const DeviceProfiles& profiles,
                         const data::Dataset* data, RunCodecs codecs);

}  // namespace acceptlab::app
