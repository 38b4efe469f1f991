#pragma once

#include <memory>
#include <vector>

#include "app/planning.h"
#include "app/run_codecs.h"
#include "runtime/data/dataset.h"
#include "runtime/plan.h"
#include "runtime/ports/stage_compute.h"
#include "runtime/stage_config.h"
#include "runtime/torch/stage.h"
#include "scenarios/scenario.h"
#include "sim/cost_model.h"

namespace acceptlab::app {

// The schedule and the shape that a scenario asks for, given how many samples there are.
Schedule schedule_of(const scenarios::Scenario& scenario);
TrainingShape shape_of(const scenarios::Scenario& scenario, std::int64_t train_samples,
                       std::int64_t test_samples);

std::vector<StageConfig> stage_configs(const Plan& plan, const Schedule& schedule,
                                       const TrainingShape& shape);

// What each stage computes with and what it costs, in pipeline order.
struct StageParts {
  RunCodecs codecs;
  std::vector<std::unique_ptr<StageCompute>> computes;
  std::vector<torch_stage::TorchStage*> torch;  // the same stages; empty without numerics
  std::vector<std::unique_ptr<sim::CostModel>> costs;
};

// `data`: the training set, which normalisation is taken from; null without numerics.
StageParts make_stages(const scenarios::Scenario& scenario, const Plan& plan,
                       const std::vector<StageConfig>& configs, const DeviceProfiles& profiles,
                       const data::Dataset* data, RunCodecs codecs);

}  // namespace acceptlab::app
