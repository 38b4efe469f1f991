#include "app/profiles.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/run_codecs.h"
#include "compression/codec_spec.h"
#include "compression/codec_speed.h"
#include "results/profile_json.h"
#include "runtime/base/result.h"
#include "runtime/base/rng.h"
#include "runtime/torch/profile.h"

namespace acceptlab::app {

namespace {

constexpr int kRunRepetitions = 5;
constexpr std::size_t kCodecValues = 1 << 18;

// Half of them zero, as after a ReLU.
std::vector<float> codec_values() {
  Rng rng(1, "codec speed");
  std::vector<float> values(kCodecValues);
  for (float& value : values) value = static_cast<float>(std::max(0.0, rng.normal()));
  return values;
}

// At every number of bits: what scenarios use and its cheaper and dearer relatives.
std::vector<std::string> usual_codecs() {
  std::vector<std::string> names = {"none", "fp16"};
  for (int bits = 1; bits <= compression::kMaxBits; ++bits) {
    const std::string k = std::to_string(bits);
    const std::string mbq = "mbq" + k;
    for (const std::string& name :
         {"uniform" + k, "suq" + k, "suq" + k + "-clip", "suq" + k + "-relu6", mbq, mbq + "-greedy",
          mbq + "-no-offset", mbq + "-greedy-no-offset"}) {
      names.push_back(name);
    }
  }
  return names;
}

CodecSpeed measure_codec(const std::string& name, const std::vector<float>& values) {
  return compression::measure_codec_speed(compression::parse_codec(name).value(), values).value();
}

// What zstd adds to a codec of 8 bits, whose body is about a byte a value.
CodecSpeed measure_zstd(const std::vector<float>& values) {
  const CodecSpeed with = measure_codec("uniform8-zstd", values);
  const CodecSpeed without = measure_codec("uniform8", values);
  return {std::max(0.0, with.encode_ns_per_value - without.encode_ns_per_value),
          std::max(0.0, with.decode_ns_per_value - without.decode_ns_per_value)};
}

}  // namespace

std::map<std::string, CodecSpeed> measure_codecs(const std::vector<std::string>& more) {
  const std::vector<float> values = codec_values();
  std::vector<std::string> names = usual_codecs();
  names.insert(names.end(), more.begin(), more.end());
  std::map<std::string, CodecSpeed> speeds;
  for (const std::string& name : names) {
    if (speeds.count(name) == 0) speeds[name] = measure_codec(name, values);
  }
  speeds[kZstdSpeed] = measure_zstd(values);
  return speeds;
}

namespace {

DeviceProfile read_for(const scenarios::Scenario& scenario, const std::filesystem::path& file) {
  Result<DeviceProfile> read = results::read_profile(file);
  if (!read) throw ConfigError(read.error().message);
  DeviceProfile profile = std::move(read).value();
  const auto fail = [&file](const std::string& key, const std::string& has,
                            const std::string& wanted) {
    throw ConfigError(file.string() + ": profile has " + key + " " + has + ", the scenario has " +
                      wanted + "; make one with 'acceptlab profile'");
  };
  const scenarios::ModelSettings& model = scenario.model;
  if (profile.model != model.name) fail("model", profile.model, model.name);
  if (profile.width != model.width) {
    fail("width", std::to_string(profile.width), std::to_string(model.width));
  }
  if (profile.classes != model.classes) {
    fail("classes", std::to_string(profile.classes), std::to_string(model.classes));
  }
  if (profile.batch_samples != scenario.training.batch_samples) {
    fail("batch", std::to_string(profile.batch_samples),
         std::to_string(scenario.training.batch_samples));
  }
  return profile;
}

}  // namespace

std::vector<std::string> codecs_of(const scenarios::CodecSettings& settings) {
  std::vector<std::string> names;
  for (const CodecName& name : codec_names(settings)) {
    names.push_back(name.forward);
    names.push_back(name.backward);
  }
  return names;
}

DeviceProfile measure_profile(const scenarios::ModelSettings& model, int batch_samples,
                              int repetitions, const std::vector<std::string>& more_codecs) {
  torch_stage::ProfileOptions options;
  options.model = {model.name, model.width, model.classes};
  options.batch_samples = batch_samples;
  options.repetitions = repetitions;
  options.device = "this host, one thread";
  DeviceProfile profile = torch_stage::profile_units(options);
  profile.codecs = measure_codecs(more_codecs);
  return profile;
}

DeviceProfiles load_profiles(const scenarios::Scenario& scenario,
                             const std::optional<std::filesystem::path>& measured) {
  DeviceProfile reference;
  if (!scenario.cost.profile.empty()) {
    reference = read_for(scenario, scenario.cost.profile);
  } else if (measured) {
    reference = read_for(scenario, *measured);
  } else {
    reference = measure_profile(scenario.model, scenario.training.batch_samples, kRunRepetitions,
                                codecs_of(scenario.codec));
  }
  DeviceProfiles profiles;
  for (const scenarios::Device& device : scenario.devices) {
    profiles.push_back(device.profile.empty() ? reference : read_for(scenario, device.profile));
  }
  return profiles;
}

void save_profile(const DeviceProfile& profile, const std::filesystem::path& file) {
  const auto written = results::write_profile(profile, file);
  if (!written) throw ConfigError(written.error().message);
}

}  // namespace acceptlab::app
