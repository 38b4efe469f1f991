#include "app/predictor/predictor_json.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "predictor/sub_model_predictor.h"
#include "results/json_object.h"
#include "results/text_file.h"

namespace acceptlab::app {

namespace {

using results::JsonObject;
using OrderedJson = nlohmann::ordered_json;

constexpr const char* kFormat = "acceptlab-predictor";
constexpr int kVersion = 1;
constexpr int kMaxUnits = 4096;
constexpr double kLargest = 1e12;

// FNV-1a, 64 bits: against damage, not against malice.
std::string checksum_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return fmt::format("{:016x}", hash);
}

OrderedJson content_of(const PredictorFile& predictor) {
  OrderedJson json;
  json["format"] = kFormat;
  json["version"] = kVersion;
  json["model"] = predictor.model;
  json["width"] = predictor.width;
  json["batch_samples"] = predictor.batch_samples;
  json["units"] = predictor.units;
  json["trained_on"] = predictor.trained_on;
  json["probes"] = OrderedJson::array();
  for (const UnitRange probe : predictor.probes) {
    json["probes"].push_back(
        {{"first_unit", probe.first_unit()}, {"last_unit", probe.last_unit()}});
  }
  const predictor::PriorSetting& setting = predictor.prior.setting();
  json["setting"] = {{"spread", setting.spread},
                     {"noise", setting.noise},
                     {"interval_factor", setting.interval_factor}};
  // Forward and backward times of every unit and of what all sub-models share, at speed 1.
  json["devices"] = OrderedJson::array();
  for (const predictor::PriorDevice& device : predictor.prior.devices()) {
    json["devices"].push_back({{"name", device.name}, {"times", device.times}});
  }
  return json;
}

UnitRange read_probe(JsonObject object, int units) {
  const auto first = object.integer("first_unit", 1, units);
  const auto last = object.integer("last_unit", first, units);
  object.finish();
  return {static_cast<int>(first) - 1, static_cast<int>(last)};
}

predictor::PriorDevice read_device(JsonObject object) {
  predictor::PriorDevice device;
  device.name = object.text("name");
  device.times = object.numbers("times", -kLargest, kLargest);
  object.finish();
  return device;
}

PredictorFile read_object(JsonObject object) {
  if (object.text("format") != kFormat) object.fail("format", fmt::format("must be '{}'", kFormat));
  object.integer("version", kVersion, kVersion);
  const std::string model = object.text("model");
  const double width = object.number("width", 1e-3, 1e3);
  const auto batch = static_cast<int>(object.integer("batch_samples", 1, 1 << 20));
  const auto units = static_cast<int>(object.integer("units", 1, kMaxUnits));
  const std::string trained_on = object.text("trained_on");
  std::vector<UnitRange> probes;
  for (JsonObject& probe : object.objects("probes")) probes.push_back(read_probe(probe, units));
  if (probes.empty()) object.fail("probes", "must not be empty");
  JsonObject setting = object.object("setting");
  predictor::PriorSetting read;
  read.spread = setting.number("spread", 1e-12, kLargest);
  read.noise = setting.number("noise", 1e-12, kLargest);
  read.interval_factor = setting.number("interval_factor", 1e-12, kLargest);
  setting.finish();
  std::vector<predictor::PriorDevice> devices;
  for (JsonObject& device : object.objects("devices")) devices.push_back(read_device(device));
  object.text("checksum");
  object.finish();
  try {
    predictor::AdditivePrior prior(predictor::sub_model_features(units), 2, std::move(devices),
                                   read);
    return {model, width, batch, units, trained_on, std::move(probes), std::move(prior)};
  } catch (const ConfigError& e) {
    object.fail("devices", e.what());
  }
}

}  // namespace

std::string predictor_to_json(const PredictorFile& predictor) {
  OrderedJson json = content_of(predictor);
  json["checksum"] = checksum_of(json.dump());
  return results::dump_json(json);
}

Result<PredictorFile> predictor_from_json(const std::string& text, const std::string& origin) {
  try {
    const nlohmann::json json = results::parse_json(text, origin);
    PredictorFile predictor = read_object(JsonObject(json, origin));
    const std::string sum = checksum_of(content_of(predictor).dump());
    if (json["checksum"] != sum) {
      return Error{ErrorKind::kCorrupt, origin + ": is damaged: its checksum is " +
                                            json["checksum"].dump() + ", its content has \"" + sum +
                                            "\""};
    }
    return predictor;
  } catch (const ConfigError& e) {
    return Error{ErrorKind::kConfig, e.what()};
  }
}

std::string predictor_subject(const std::string& model, double width, int batch_samples,
                              int units) {
  return fmt::format("{} of {} units, width {:g}, batch {}", model, units, width, batch_samples);
}

PredictorFile read_predictor(const std::filesystem::path& file) {
  const Result<std::string> text = results::read_text(file);
  if (!text) throw ConfigError(text.error().message);
  Result<PredictorFile> predictor = predictor_from_json(text.value(), file.string());
  if (!predictor) throw ConfigError(predictor.error().message);
  return std::move(predictor).value();
}

void write_predictor(const PredictorFile& predictor, const std::filesystem::path& file) {
  const auto written = results::replace_text(file, predictor_to_json(predictor));
  if (!written) throw ConfigError(written.error().message);
}

}  // namespace acceptlab::app
