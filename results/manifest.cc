#include "results/manifest.h"

#include "results/json_object.h"
#include "results/text_file.h"

namespace acceptlab::results {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson map_to_json(const std::map<std::string, std::string>& texts) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [key, value] : texts) json[key] = value;
  return json;
}

OrderedJson plan_to_json(const RunDescription& description) {
  OrderedJson stages = OrderedJson::array();
  for (const PlannedStage& planned : description.plan.stages) {
    OrderedJson stage;
    stage["device"] = planned.device.value;
    stage["device_name"] = description.device_name(planned.device);
    stage["first_unit"] = planned.units.first_unit();
    stage["last_unit"] = planned.units.last_unit();
    stage["predicted_ms"] = to_milliseconds(planned.predicted);
    if (description.codec_names.size() > 1 && stages.size() + 1 < description.plan.stages.size()) {
      stage["codec_after"] = description.codec_names.at(static_cast<std::size_t>(planned.codec));
    }
    stages.push_back(std::move(stage));
  }
  return stages;
}

}  // namespace

std::string manifest_to_json(const RunDescription& description, std::optional<double> wall_s) {
  OrderedJson json;
  json["format"] = "acceptlab-run";
  json["version"] = 1;
  json["finished"] = wall_s.has_value();
  json["command"] = description.command;
  json["revision"] = description.revision;
  json["seed"] = description.seed;
  json["scenario"] = description.name;
  json["scenario_hash"] = description.scenario_hash;
  json["started"] = description.started;
  json["wall_s"] = wall_s ? OrderedJson(*wall_s) : OrderedJson(nullptr);
  json["versions"] = map_to_json(description.versions);
  json["machine"] = map_to_json(description.machine);
  json["method"] = description.method;
  json["model"] = description.model;
  json["data_set"] = description.data_set;
  json["data_note"] = description.synthetic_data ? "synthetic: not the real data set" : "real";
  json["network_model"] = description.network_model;
  json["cost_source"] = description.cost_source;
  json["clock"] = description.clock;
  json["warmup_batches"] = description.warmup_batches;
  json["timeline_batches"] = description.timeline_batches;
  json["stages"] = plan_to_json(description);
  return dump_json(json);
}

Result<RunOrigin> read_origin(const std::filesystem::path& run_folder) {
  const std::filesystem::path file = run_folder / "manifest.json";
  const Result<std::string> text = read_text(file);
  if (!text) return text.error();
  try {
    const nlohmann::json json = parse_json(text.value(), file.string());
    JsonObject manifest(json, file.string());
    return RunOrigin{manifest.text("scenario_hash"), manifest.text("revision")};
  } catch (const ConfigError& error) {
    return Error{ErrorKind::kCorrupt, error.what()};
  }
}

}  // namespace acceptlab::results
