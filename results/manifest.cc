#include "results/manifest.h"

#include "results/json_object.h"
#include "results/text_file.h"

namespace acceptlab::results {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::int64_t kMostCounted = std::int64_t{1} << 53;
constexpr double kMostMs = 1e12;

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

OrderedJson adaptation_to_json(const RunCost& cost) {
  if (!cost.adaptation) return nullptr;
  const AdaptationCost& adaptation = *cost.adaptation;
  OrderedJson json;
  json["observations"] = adaptation.observations;
  json["learning_wall_ms"] = to_milliseconds(adaptation.learning);
  json["decisions"] = adaptation.decisions;
  json["deciding_wall_ms"] = to_milliseconds(adaptation.deciding);
  const double wall_s = to_milliseconds(adaptation.learning + adaptation.deciding) * 1e-3;
  json["percent_of_training"] =
      cost.train_s > 0.0 ? OrderedJson(100.0 * wall_s / cost.train_s) : OrderedJson(nullptr);
  return json;
}

// What `read` makes of a run folder's manifest.json.
template <typename T, typename Read>
Result<T> read_manifest(const std::filesystem::path& run_folder, Read read) {
  const std::filesystem::path file = run_folder / "manifest.json";
  const Result<std::string> text = read_text(file);
  if (!text) return text.error();
  try {
    const nlohmann::json json = parse_json(text.value(), file.string());
    JsonObject manifest(json, file.string());
    return read(manifest);
  } catch (const ConfigError& error) {
    return Error{ErrorKind::kCorrupt, error.what()};
  }
}

}  // namespace

std::string manifest_to_json(const RunDescription& description,
                             const std::optional<RunCost>& cost) {
  OrderedJson json;
  json["format"] = "acceptlab-run";
  json["version"] = 1;
  json["finished"] = cost.has_value();
  json["command"] = description.command;
  json["revision"] = description.revision;
  json["seed"] = description.seed;
  json["scenario"] = description.name;
  json["scenario_hash"] = description.scenario_hash;
  json["started"] = description.started;
  json["wall_s"] = cost ? OrderedJson(cost->wall_s) : OrderedJson(nullptr);
  json["adaptation"] = cost ? adaptation_to_json(*cost) : OrderedJson(nullptr);
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
  return read_manifest<RunOrigin>(run_folder, [](JsonObject& manifest) {
    return RunOrigin{manifest.text("scenario_hash"), manifest.text("revision")};
  });
}

Result<std::optional<AdaptationShare>> read_adaptation(const std::filesystem::path& run_folder) {
  using Share = std::optional<AdaptationShare>;
  return read_manifest<Share>(run_folder, [](JsonObject& manifest) -> Share {
    if (!manifest.has("adaptation") || manifest.is_null("adaptation")) return std::nullopt;
    JsonObject object = manifest.object("adaptation");
    const auto count = [&object](const char* key) { return object.integer(key, 0, kMostCounted); };
    const auto time = [&object](const char* key) {
      return from_milliseconds(object.number(key, 0.0, kMostMs));
    };
    return AdaptationShare{{count("observations"), time("learning_wall_ms"), count("decisions"),
                            time("deciding_wall_ms")},
                           object.optional_number("percent_of_training", 0.0, kMostMs)};
  });
}

}  // namespace acceptlab::results
