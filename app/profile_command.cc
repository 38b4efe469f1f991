#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands.h"
#include "app/cpu_quota.h"
#include "app/profile_samples.h"
#include "app/profiles.h"
#include "app/progress.h"
#include "predictor/probes.h"
#include "runtime/base/result.h"
#include "runtime/torch/profile.h"
#include "runtime/torch/setup.h"
#include "runtime/torch/sub_model_timing.h"

namespace acceptlab::app {

namespace {

constexpr std::uint64_t kSeed = 1;

// Processor time is that of the calling thread and does not know of a quota.
ProfileClock clock_for(const ProfileArguments& arguments) {
  switch (arguments.clock) {
    case ClockChoice::kCpu:
      return ProfileClock::kCpu;
    case ClockChoice::kWall:
      return ProfileClock::kWall;
    case ClockChoice::kAuto:
      break;
  }
  return arguments.threads > 1 || cpu_quota() ? ProfileClock::kWall : ProfileClock::kCpu;
}

std::map<std::string, std::string> environment(ProfileClock clock) {
  std::map<std::string, std::string> environment = torch_stage::torch_environment();
  environment["clock"] = to_string(clock);
  const auto quota = cpu_quota();
  environment["cpu_quota"] = quota ? fmt::format("{:g} processors", *quota) : "none";
  return environment;
}

std::vector<UnitRange> sub_models(ProfileScope scope, int units) {
  switch (scope) {
    case ProfileScope::kAll:
      return predictor::all_sub_models(units);
    case ProfileScope::kProbes:
      return predictor::fixed_probes(units);
    case ProfileScope::kUnits:
      break;
  }
  return {};
}

// What samples must have in common to be those of one profile.
std::string settings_text(const ProfileArguments& arguments, const DeviceProfile& profile) {
  nlohmann::ordered_json json;
  json["model"] = profile.model;
  json["width"] = profile.width;
  json["classes"] = profile.classes;
  json["batch_samples"] = profile.batch_samples;
  json["rounds"] = arguments.rounds;
  json["sample_ms"] = arguments.sample_ms;
  json["environment"] = profile.environment;
  return json.dump(2) + "\n";
}

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024.0 / 1e6;
}

void measure_sub_models(const ProfileArguments& arguments, const torch_stage::ModelOptions& model,
                        ProfileSamples& samples, int units) {
  torch_stage::SubModelTimingOptions options;
  options.model = model;
  options.batch_samples = arguments.batch;
  options.seed = kSeed;
  options.sub_models = sub_models(arguments.scope, units);
  options.rounds = arguments.rounds;
  options.sample_time = std::chrono::milliseconds(arguments.sample_ms);
  options.average = cpu_quota() ? torch_stage::RunAverage::kMean : torch_stage::RunAverage::kMedian;
  const int total = static_cast<int>(options.sub_models.size()) * options.rounds;
  Progress progress("samples of sub-models", total);
  int done = static_cast<int>(samples.samples().size());
  progress.update(done, "known");
  const std::vector<SubModelSample> known = samples.samples();
  torch_stage::time_sub_models(options, known, [&](const SubModelSample& sample) {
    samples.add(sample);
    progress.update(++done, "units " + to_string(sample.units));
  });
}

void print(const DeviceProfile& profile, const std::string& file) {
  const UnitRange all{0, static_cast<int>(profile.units.size())};
  std::printf("%s, batch %d: forward %.2f ms, backward %.2f ms, update %.2f ms over %d units\n",
              profile.model.c_str(), profile.batch_samples,
              to_milliseconds(profile.time(all).forward),
              to_milliseconds(profile.time(all).backward),
              to_milliseconds(profile.update_time(all)), all.size());
  std::printf("profile: %s\n", file.c_str());
}

}  // namespace

int profile_command(const ProfileArguments& arguments) {
  torch_stage::initialise_torch(kSeed);
  torch_stage::set_compute_dials(arguments.threads, arguments.onednn);
  const ProfileClock clock = clock_for(arguments);
  torch_stage::ProfileOptions options;
  options.model = {arguments.model, arguments.width, arguments.classes};
  options.batch_samples = arguments.batch;
  options.repetitions = arguments.repetitions;
  options.device = arguments.device;
  if (options.device.empty()) {
    options.device =
        fmt::format("this host, {} thread{}", arguments.threads, arguments.threads == 1 ? "" : "s");
  }
  options.clock = clock;
  DeviceProfile profile = torch_stage::profile_units(options);
  profile.environment = environment(clock);
  std::optional<ProfileSamples> samples;
  if (arguments.scope != ProfileScope::kUnits) {
    samples.emplace(arguments.out, settings_text(arguments, profile));
    measure_sub_models(arguments, options.model, *samples, static_cast<int>(profile.units.size()));
    enter_samples(samples->samples(), clock, profile);
  }
  if (arguments.codecs) profile.codecs = measure_codecs({});
  profile.environment["peak_memory_mb"] = fmt::format("{:.0f}", peak_memory_mb());
  save_profile(profile, arguments.out);
  if (samples) samples->remove();
  print(profile, arguments.out);
  return 0;
}

}  // namespace acceptlab::app
