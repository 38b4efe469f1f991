#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/planning.h"
#include "results/run_records.h"
#include "runtime/central_node.h"
#include "runtime/data/dataset.h"
#include "runtime/plan_in_force.h"
#include "runtime/ports/batch_source.h"
#include "scenarios/scenario.h"

// What a run is made of in either world, emulated or real.
namespace acceptlab::app {

// The scenario's data set; nothing without numerics. Throws ConfigError.
std::optional<data::DatasetPair> load_data(const scenarios::Scenario& scenario);

// How many samples there are; without data, those of the published set.
TrainingShape training_shape(const scenarios::Scenario& scenario,
                             const std::optional<data::DatasetPair>& data);

// Where the central node takes its batches from. `data` outlives it.
std::unique_ptr<BatchSource> make_source(const scenarios::Scenario& scenario,
                                         const TrainingShape& shape,
                                         const std::optional<data::DatasetPair>& data);

CentralConfig central_config(const scenarios::Scenario& scenario, const Plan& plan,
                             const Training& known);

// Mini-batches that the run has before it.
int batches_left(const CentralConfig& config);

// What results say of a run. `central`: the central node's profile. `synthetic_data`: the data set
// was made up.
results::RunDescription describe_scenario(const scenarios::Scenario& scenario,
                                          const std::string& command, const Plan& plan,
                                          const DeviceProfile& central, bool synthetic_data);

}  // namespace acceptlab::app
