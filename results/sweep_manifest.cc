#include "results/sweep_manifest.h"

#include <string_view>

#include "results/csv.h"
#include "results/json_object.h"
#include "results/text_file.h"

namespace acceptlab::results {
namespace {

constexpr const char* kFormat = "acceptlab-sweep";
constexpr int kVersion = 1;
constexpr int kMostShards = 1'000'000;

std::filesystem::path file_in(const std::filesystem::path& sweep_folder) {
  return sweep_folder / "sweep.json";
}

}  // namespace

bool operator==(const Shard& a, const Shard& b) { return a.index == b.index && a.count == b.count; }

std::string to_string(Shard shard) {
  return std::to_string(shard.index) + "/" + std::to_string(shard.count);
}

Result<Shard> parse_shard(const std::string& text) {
  const std::string_view all = text;
  const std::size_t slash = all.find('/');
  if (slash != std::string_view::npos) {
    const auto index = parse_int(all.substr(0, slash));
    const auto count = parse_int(all.substr(slash + 1));
    if (index && count && 1 <= *index && *index <= *count && *count <= kMostShards) {
      return Shard{*index, *count};
    }
  }
  return Error{ErrorKind::kConfig, "a shard is i/n with 1 <= i <= n, as 2/8; got '" + text + "'"};
}

std::string sweep_manifest_to_json(const SweepManifest& manifest) {
  nlohmann::ordered_json json;
  json["format"] = kFormat;
  json["version"] = kVersion;
  json["shard"] = to_string(manifest.shard);
  json["scenario_hashes"] = manifest.scenario_hashes;
  return dump_json(json);
}

Result<std::filesystem::path> write_sweep_manifest(const std::filesystem::path& sweep_folder,
                                                   const SweepManifest& manifest) {
  return replace_text(file_in(sweep_folder), sweep_manifest_to_json(manifest));
}

Result<SweepManifest> read_sweep_manifest(const std::filesystem::path& sweep_folder) {
  const std::string origin = file_in(sweep_folder).string();
  if (!std::filesystem::exists(origin)) {
    return Error{ErrorKind::kConfig,
                 sweep_folder.string() + ": is not the folder of a sweep (no sweep.json)"};
  }
  const Result<std::string> text = read_text(origin);
  if (!text) return text.error();
  try {
    const nlohmann::json json = parse_json(text.value(), origin);
    JsonObject object(json, origin);
    if (object.text("format") != kFormat) object.fail("format", std::string("must be ") + kFormat);
    object.integer("version", kVersion, kVersion);
    const Result<Shard> shard = parse_shard(object.text("shard"));
    if (!shard) object.fail("shard", shard.error().message);
    SweepManifest manifest{shard.value(), object.texts("scenario_hashes")};
    object.finish();
    return manifest;
  } catch (const ConfigError& error) {
    return Error{ErrorKind::kCorrupt, error.what()};
  }
}

}  // namespace acceptlab::results
