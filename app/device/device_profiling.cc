#include "app/device/device_profiling.h"

#include <fmt/format.h>

#include <stdexcept>

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
// Long against the period of a quota, or a sample would fit between two waits.
constexpr Duration kSampleTime = std::chrono::milliseconds(40);

torch_stage::ModelOptions model_of(const scenarios::Scenario& scenario) {
  return {scenario.model.name, scenario.model.width, scenario.model.classes};
}

DeviceProfile measure_units(const scenarios::Scenario& scenario, const std::string& device) {
  torch_stage::ProfileOptions options;
  options.model = model_of(scenario);
  options.batch_samples = scenario.training.batch_samples;
  options.repetitions = kRepetitions;
  options.clock = ProfileClock::kWall;
  options.device = "device '" + device + "', one thread";
  DeviceProfile profile = torch_stage::profile_units(options);
  profile.environment = torch_stage::torch_environment();
  profile.environment["clock"] = to_string(options.clock);
  const auto quota = cpu_quota();
  profile.environment["cpu_quota"] = quota ? fmt::format("{:g} processors", *quota) : "none";
  profile.codecs = measure_codecs({scenario.codec.forward, scenario.codec.backward});
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
  options.sample_time = kSampleTime;
  options.average = cpu_quota() ? torch_stage::RunAverage::kMean : torch_stage::RunAverage::kMedian;
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
