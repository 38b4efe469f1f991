#include "results/profile_json.h"

#include <fmt/format.h>

#include <utility>

#include "results/json_object.h"
#include "results/text_file.h"

namespace acceptlab::results {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr const char* kFormat = "acceptlab-profile";
constexpr int kVersion = 1;
constexpr double kMaxMs = 1e9;  // 11 days
constexpr std::int64_t kMaxValues = std::int64_t{1} << 40;
constexpr int kMaxCount = 1 << 20;  // classes, samples of a batch

OrderedJson unit_to_json(const UnitProfile& unit) {
  OrderedJson json;
  json["name"] = unit.name;
  json["output_shape"] = unit.output_shape;
  json["output_values"] = unit.output_values;
  json["parameter_values"] = unit.parameter_values;
  json["forward_ms"] = to_milliseconds(unit.forward);
  json["backward_ms"] = to_milliseconds(unit.backward);
  json["update_ms"] = to_milliseconds(unit.update);
  return json;
}

void detail_to_json(const SubModelDetail& detail, OrderedJson& json) {
  json["cpu_forward_ms"] = to_milliseconds(detail.cpu.forward);
  json["cpu_backward_ms"] = to_milliseconds(detail.cpu.backward);
  json["wall_forward_ms"] = to_milliseconds(detail.wall.forward);
  json["wall_backward_ms"] = to_milliseconds(detail.wall.backward);
  json["spread"] = detail.spread;
  json["samples"] = detail.samples;
}

OrderedJson sub_model_to_json(UnitRange units, const StageTime& time,
                              const DeviceProfile& profile) {
  OrderedJson json;
  json["first_unit"] = units.first_unit();
  json["last_unit"] = units.last_unit();
  json["forward_ms"] = to_milliseconds(time.forward);
  json["backward_ms"] = to_milliseconds(time.backward);
  const auto detail = profile.details.find(units);
  if (detail != profile.details.end()) detail_to_json(detail->second, json);
  return json;
}

Duration read_ms(JsonObject& object, const std::string& key) {
  return from_milliseconds(object.number(key, 0.0, kMaxMs));
}

UnitProfile read_unit(JsonObject object) {
  UnitProfile unit;
  unit.name = object.text("name");
  std::int64_t product = 1;
  for (const std::int64_t size : object.integers("output_shape", 1, 1 << 20)) {
    unit.output_shape.push_back(static_cast<int>(size));
    if (product > kMaxValues / size) object.fail("output_shape", "is too large");
    product *= size;
  }
  if (unit.output_shape.empty()) object.fail("output_shape", "must have a dimension");
  unit.output_values = object.integer("output_values", 1, kMaxValues);
  if (product != unit.output_values) {
    object.fail("output_values", fmt::format("is {}, but output_shape holds {} values",
                                             unit.output_values, product));
  }
  unit.parameter_values = object.integer("parameter_values", 0, kMaxValues);
  unit.forward = read_ms(object, "forward_ms");
  unit.backward = read_ms(object, "backward_ms");
  unit.update = read_ms(object, "update_ms");
  object.finish();
  return unit;
}

SubModelDetail read_detail(JsonObject& object) {
  SubModelDetail detail;
  detail.cpu = {read_ms(object, "cpu_forward_ms"), read_ms(object, "cpu_backward_ms")};
  detail.wall = {read_ms(object, "wall_forward_ms"), read_ms(object, "wall_backward_ms")};
  detail.spread = object.number("spread", 0.0, kMaxMs);
  detail.samples = static_cast<int>(object.integer("samples", 1, kMaxCount));
  return detail;
}

void read_sub_model(JsonObject object, DeviceProfile& profile) {
  const auto units = static_cast<std::int64_t>(profile.units.size());
  const auto first = object.integer("first_unit", 1, units);
  const auto last = object.integer("last_unit", first, units);
  const UnitRange range{static_cast<int>(first) - 1, static_cast<int>(last)};
  const StageTime time{read_ms(object, "forward_ms"), read_ms(object, "backward_ms")};
  if (object.has("samples")) profile.details[range] = read_detail(object);
  object.finish();
  if (!profile.sub_models.emplace(range, time).second) {
    object.fail("first_unit", "units " + to_string(range) + " are listed twice");
  }
}

void read_codecs(JsonObject object, DeviceProfile& profile) {
  for (const std::string& name : object.keys()) {
    JsonObject codec = object.object(name);
    CodecSpeed speed;
    speed.encode_ns_per_value = codec.number("encode_ns_per_value", 0.0, kMaxMs);
    speed.decode_ns_per_value = codec.number("decode_ns_per_value", 0.0, kMaxMs);
    codec.finish();
    profile.codecs.emplace(name, speed);
  }
}

DeviceProfile read_object(JsonObject object) {
  if (object.text("format") != kFormat) object.fail("format", fmt::format("must be '{}'", kFormat));
  object.integer("version", kVersion, kVersion);
  DeviceProfile profile;
  profile.model = object.text("model");
  profile.width = object.number("width", 1e-3, 1e3);
  profile.classes = static_cast<int>(object.integer("classes", 1, kMaxCount));
  profile.batch_samples = static_cast<int>(object.integer("batch_samples", 1, kMaxCount));
  profile.device = object.text("device");
  JsonObject environment = object.object("environment");
  for (const std::string& key : environment.keys()) {
    profile.environment.emplace(key, environment.text(key));
  }
  for (JsonObject& unit : object.objects("units")) profile.units.push_back(read_unit(unit));
  if (profile.units.empty()) object.fail("units", "must not be empty");
  for (JsonObject& sub_model : object.objects("sub_models")) read_sub_model(sub_model, profile);
  read_codecs(object.object("codecs"), profile);
  object.finish();
  return profile;
}

}  // namespace

std::string profile_to_json(const DeviceProfile& profile) {
  OrderedJson json;
  json["format"] = kFormat;
  json["version"] = kVersion;
  json["model"] = profile.model;
  json["width"] = profile.width;
  json["classes"] = profile.classes;
  json["batch_samples"] = profile.batch_samples;
  json["device"] = profile.device;
  json["environment"] = OrderedJson::object();
  for (const auto& [key, value] : profile.environment) json["environment"][key] = value;
  json["units"] = OrderedJson::array();
  for (const UnitProfile& unit : profile.units) json["units"].push_back(unit_to_json(unit));
  json["sub_models"] = OrderedJson::array();
  for (const auto& [units, time] : profile.sub_models) {
    json["sub_models"].push_back(sub_model_to_json(units, time, profile));
  }
  json["codecs"] = OrderedJson::object();
  for (const auto& [name, speed] : profile.codecs) {
    json["codecs"][name]["encode_ns_per_value"] = speed.encode_ns_per_value;
    json["codecs"][name]["decode_ns_per_value"] = speed.decode_ns_per_value;
  }
  return dump_json(json);
}

Result<DeviceProfile> profile_from_json(const std::string& text, const std::string& origin) {
  try {
    const nlohmann::json json = parse_json(text, origin);
    return read_object(JsonObject(json, origin));
  } catch (const ConfigError& e) {
    return Error{ErrorKind::kConfig, e.what()};
  }
}

Result<DeviceProfile> read_profile(const std::filesystem::path& path) {
  const Result<std::string> text = read_text(path);
  if (!text.ok()) return text.error();
  return profile_from_json(text.value(), path.string());
}

Result<std::filesystem::path> write_profile(const DeviceProfile& profile,
                                            const std::filesystem::path& path) {
  return replace_text(path, profile_to_json(profile));
}

}  // namespace acceptlab::results
