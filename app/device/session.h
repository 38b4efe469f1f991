#pragma once

// For .cc files of this folder only: it brings in the JSON library.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/device/cluster.h"
#include "app/device/keyring.h"
#include "runtime/plan_in_force.h"
#include "scenarios/scenario.h"

// What central node and workers tell each other around a training.
namespace acceptlab::app {

// What must be alike on all devices: protocol, revision of the sources, library versions.
nlohmann::json session_facts();

// What a worker needs of a scenario: without files that it may not have, nor what only plans and
// emulated links ask.
std::string worker_scenario(const scenarios::Scenario& scenario);

// With which the central node at `endpoint` greets a worker.
nlohmann::json greeting_of(const std::string& endpoint);
// What a worker gets first: the scenario, which device it is, and the others.
nlohmann::json setup_message(const scenarios::Scenario& scenario, DeviceId device,
                             const std::vector<ClusterDevice>& devices, const Keyring& keyring);

nlohmann::json ranges_to_json(const std::vector<UnitRange>& ranges);
std::vector<UnitRange> ranges_of(const nlohmann::json& json);

nlohmann::json plan_to_json(const Plan& plan);
// Throws std::runtime_error where it is no plan.
Plan plan_of(const nlohmann::json& json);

// Sample counts and whether devices report; the rest of a Training is in the scenario.
nlohmann::json training_to_json(const Training& training);
Training training_of(const nlohmann::json& json, const scenarios::Scenario& scenario);

}  // namespace acceptlab::app
