#include "runtime/torch/profile.h"

#include <torch/torch.h>

#include <vector>

#include "runtime/base/result.h"
#include "runtime/torch/profile_subject.h"
#include "runtime/torch/setup.h"
#include "runtime/torch/two_timers.h"

namespace acceptlab::torch_stage {
namespace {

struct Times {
  std::vector<Duration> forward;
  std::vector<Duration> backward;
  std::vector<Duration> update;
};

template <typename T>
T& at(std::vector<T>& values, int index) {
  return values[static_cast<std::size_t>(index)];
}

// One training step of the whole model, cut after every unit, so that each unit is timed
// among its neighbours. Appends to `times`, one per unit.
void step(ProfileSubject& subject, ProfileClock clock, std::vector<Times>& times) {
  const auto by_clock = [clock](TwoTimers::Lap lap) {
    return clock == ProfileClock::kCpu ? lap.cpu : lap.wall;
  };
  const int units = subject.unit_count();
  std::vector<torch::Tensor> entering;
  std::vector<torch::Tensor> leaving;
  torch::Tensor x = subject.input(0);
  for (int u = 0; u < units; ++u) {
    entering.push_back(ProfileSubject::leaf(x, u));
    TwoTimers timers;
    leaving.push_back(subject.forward({u, u + 1}, entering.back()));
    at(times, u).forward.push_back(by_clock(timers.lap()));
    x = leaving.back();
  }
  torch::Tensor gradient;
  for (int u = units - 1; u >= 0; --u) {
    TwoTimers timers;
    at(leaving, u).backward(gradient);
    at(leaving, u) = torch::Tensor();
    at(times, u).backward.push_back(by_clock(timers.lap()));
    gradient = at(entering, u).grad();
  }
  for (int u = 0; u < units; ++u) {
    TwoTimers timers;
    subject.update(u);
    at(times, u).update.push_back(by_clock(timers.lap()));
  }
}

void check(const ProfileOptions& options) {
  if (options.batch_samples < 1 || options.repetitions < 1 || options.warmup < 0) {
    throw ConfigError("a profile needs at least 1 sample, 1 repetition and 0 warm-up runs");
  }
}

}  // namespace

DeviceProfile profile_units(const ProfileOptions& options) {
  check(options);
  DeviceProfile profile = describe_model(options.model);
  profile.batch_samples = options.batch_samples;
  profile.device = options.device;
  profile.environment = torch_environment();
  ProfileSubject subject(options.model, options.batch_samples, options.seed);
  std::vector<Times> times(profile.units.size());
  for (int i = 0; i < options.warmup; ++i) step(subject, options.clock, times);
  times.assign(profile.units.size(), {});
  for (int i = 0; i < options.repetitions; ++i) step(subject, options.clock, times);
  for (std::size_t u = 0; u < times.size(); ++u) {
    profile.units[u].forward = median(times[u].forward);
    profile.units[u].backward = median(times[u].backward);
    profile.units[u].update = median(times[u].update);
  }
  return profile;
}

DeviceProfile describe_model(const ModelOptions& options) {
  const Model model = make_model(options);
  DeviceProfile profile;
  profile.model = options.name;
  profile.width = options.width;
  profile.classes = options.classes;
  for (const Unit& unit : model.units) {
    UnitProfile sizes;
    sizes.name = unit.name;
    sizes.output_shape = unit.output;
    sizes.output_values = value_count(unit.output);
    for (const torch::Tensor& weight : unit.make()->parameters()) {
      sizes.parameter_values += weight.numel();
    }
    profile.units.push_back(std::move(sizes));
  }
  return profile;
}

}  // namespace acceptlab::torch_stage
