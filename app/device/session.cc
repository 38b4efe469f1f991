#include "app/device/session.h"

#include <stdexcept>

#include "app/provenance.h"
#include "app/stages.h"
#include "runtime/plan_payload.h"
#include "scenarios/resolved.h"

namespace acceptlab::app {

namespace {

using nlohmann::json;

constexpr int kProtocol = 1;

}  // namespace

json session_facts() {
  json facts = {{"protocol", kProtocol}, {"revision", source_revision()}};
  for (const auto& [library, version] : library_versions()) facts[library] = version;
  return facts;
}

std::string worker_scenario(const scenarios::Scenario& scenario) {
  scenarios::Scenario copy = scenario;
  copy.method = scenarios::Method::kCustom;
  copy.data.directory.clear();
  copy.cost.profile.clear();
  copy.cost.source = scenarios::CostSource::kMeasured;
  copy.partition = {};
  copy.adaptation = {};
  copy.network = {};
  for (scenarios::Device& device : copy.devices) device.profile.clear();
  return scenarios::to_toml(copy);
}

json greeting_of(const std::string& endpoint) {
  return {{"endpoint", endpoint}, {"facts", session_facts()}};
}

json setup_message(const scenarios::Scenario& scenario, DeviceId device,
                   const std::vector<ClusterDevice>& devices, const Keyring& keyring) {
  json all = json::array();
  for (const ClusterDevice& each : devices) {
    all.push_back({{"name", each.name},
                   {"endpoint", each.address},
                   {"public_key", public_key_of(each.name, keyring)}});
  }
  return {{"scenario", worker_scenario(scenario)}, {"device", device.value}, {"devices", all}};
}

json ranges_to_json(const std::vector<UnitRange>& ranges) {
  json list = json::array();
  for (const UnitRange range : ranges) list.push_back(json::array({range.begin, range.end}));
  return list;
}

std::vector<UnitRange> ranges_of(const json& list) {
  std::vector<UnitRange> ranges;
  for (const json& item : list) ranges.push_back({item.at(0).get<int>(), item.at(1).get<int>()});
  return ranges;
}

json plan_to_json(const Plan& plan) {
  const Payload payload = encode_plan(plan);
  return std::vector<std::uint8_t>(payload.bytes().begin(), payload.bytes().end());
}

Plan plan_of(const json& json) {
  const auto bytes = json.get<std::vector<std::uint8_t>>();
  Result<Plan> plan = decode_plan(bytes);
  if (!plan) throw std::runtime_error(plan.error().message);
  return std::move(plan).value();
}

json training_to_json(const Training& training) {
  return {{"train_samples", training.shape.train_samples},
          {"test_samples", training.shape.test_samples},
          {"reports", training.reports}};
}

Training training_of(const json& json, const scenarios::Scenario& scenario) {
  Training training;
  training.schedule = schedule_of(scenario);
  training.shape = shape_of(scenario, json.at("train_samples").get<std::int64_t>(),
                            json.at("test_samples").get<std::int64_t>());
  training.reports = json.at("reports").get<bool>();
  return training;
}

}  // namespace acceptlab::app
