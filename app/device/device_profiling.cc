#include "app/device/device_profiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "app/cpu_quota.h"
#include "app/profiles.h"
#include "results/profile_json.h"
#include "runtime/base/result.h"
#include "runtime/torch/profile.h"
#include "runtime/torch/setup.h"
#include "runtime/torch/sub_model_timing.h"

namespace acceptlab::app {

namespace {

constexpr int kRepetitions = 7;  // of the steps in which units are timed
constexpr int kRounds = 3;       // over all sub-models
constexpr Duration kSampleTime = std::chrono::milliseconds(40);
// Long against the period of a quota: what it lets pass at once and what it holds back even out.
constexpr Duration kSampleTimeUnderQuota = std::chrono::milliseconds(500);

// The part of a processor that one thread of this process gets in the long run.
double share_of_processor() { return std::min(1.0, cpu_quota().value_or(1.0)); }

// Processor times as a thread with this share of a processor takes them.
void stretch(double share, DeviceProfile& profile) {
  const auto stretched = [share](Duration time) {
    return Duration(std::llround(static_cast<double>(time.count()) / share));
  };
  for (UnitProfile& unit : profile.units) {
    unit.forward = stretched(unit.forward);
    unit.backward = stretched(unit.backward);
    unit.update = stretched(unit.update);
  }
  for (auto& [name, speed] : profile.codecs) {
    speed.encode_ns_per_value /= share;
    speed.decode_ns_per_value /= share;
  }
}

torch_stage::ModelOptions model_of(const scenarios::Scenario& scenario) {
  return {scenario.model.name, scenario.model.width, scenario.model.classes};
}

DeviceProfile measure_units(const scenarios::Scenario& scenario, const std::string& device) {
  torch_stage::ProfileOptions options;
  options.model = model_of(scenario);
  options.batch_samples = scenario.training.batch_samples;
  options.repetitions = kRepetitions;
  options.device = "device '" + device + "', one thread";
  // A unit runs shorter than the period of a quota, so that a clock on the wall would see all of a
  // wait or nothing of it: processor time is what can be measured, and tells the rest.
  options.clock = ProfileClock::kCpu;
  DeviceProfile profile = torch_stage::profile_units(options);
  profile.codecs = measure_codecs(codecs_of(scenario.codec));
  stretch(share_of_processor(), profile);
  profile.environment["clock"] = to_string(ProfileClock::kWall);
  const auto quota = cpu_quota();
  profile.environment["cpu_quota"] = quota ? fmt::format("{:g} processors", *quota) : "none";
  return profile;
}

void measure_sub_models(const scenarios::Scenario& scenario,
                        const std::vector<UnitRange>& sub_models, DeviceProfile& profile) {
  if (sub_models.empty()) return;
  torch_stage::SubModelTimingOptions options;
  options.model = model_of(scenario);
  options.batch_samples = scenario.training.batch_samples;
  options.sub_models = sub_models;
  options.rounds = kRounds;
  if (share_of_processor() < 1.0) {
    options.sample_time = kSampleTimeUnderQuota;
    options.average = torch_stage::RunAverage::kMean;
  } else {
    options.sample_time = kSampleTime;
  }
  std::vector<SubModelSample> samples;
  torch_stage::time_sub_models(options, {},
                               [&](const SubModelSample& sample) { samples.push_back(sample); });
  enter_samples(samples, ProfileClock::kWall, profile);
}

}  // namespace

DeviceProfile profile_device(device::WorkThread& work, const scenarios::Scenario& scenario,
                             const std::string& device, const std::vector<UnitRange>& sub_models) {
  DeviceProfile profile;
  work.run([&] {
    profile = measure_units(scenario, device);
    measure_sub_models(scenario, sub_models, profile);
  });
  return profile;
}

void profile_sub_models(device::WorkThread& work, const scenarios::Scenario& scenario,
                        const std::vector<UnitRange>& sub_models, DeviceProfile& profile) {
  work.run([&] { measure_sub_models(scenario, sub_models, profile); });
}

DeviceProfile profile_of(const std::string& text) {
  Result<DeviceProfile> profile = results::profile_from_json(text, "profile of a device");
  if (!profile) throw std::runtime_error(profile.error().message);
  return std::move(profile).value();
}

}  // namespace acceptlab::app
