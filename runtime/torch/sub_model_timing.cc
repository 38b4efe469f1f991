#include "runtime/torch/sub_model_timing.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "runtime/base/result.h"
#include "runtime/base/rng.h"
#include "runtime/torch/profile_subject.h"
#include "runtime/torch/two_timers.h"

namespace acceptlab::torch_stage {
namespace {

constexpr int kMaxRuns = 64;
constexpr int kNoWarmup = 5;  // times the sample time

// What each run took, by either clock.
struct Runs {
  std::vector<Duration> cpu_forward;
  std::vector<Duration> cpu_backward;
  std::vector<Duration> wall_forward;
  std::vector<Duration> wall_backward;
  Duration wall{0};  // of all runs

  int count() const { return static_cast<int>(cpu_forward.size()); }
};

void run_once(ProfileSubject& subject, UnitRange units, Runs& runs) {
  const torch::Tensor input = ProfileSubject::leaf(subject.input(units.begin), units.begin);
  TwoTimers timers;
  torch::Tensor output = subject.forward(units, input);
  const auto forward = timers.lap();
  const torch::Tensor gradient =
      units.end == subject.unit_count() ? torch::Tensor() : torch::full_like(output, 1e-3);
  timers.lap();
  output.backward(gradient);
  output = torch::Tensor();
  const auto backward = timers.lap();
  subject.drop_gradients(units);
  runs.cpu_forward.push_back(forward.cpu);
  runs.cpu_backward.push_back(backward.cpu);
  runs.wall_forward.push_back(forward.wall);
  runs.wall_backward.push_back(backward.wall);
  runs.wall += forward.wall + backward.wall;
}

Duration mean(const std::vector<Duration>& times) {
  const Duration sum = std::accumulate(times.begin(), times.end(), Duration(0));
  return sum / static_cast<std::int64_t>(times.size());
}

SubModelSample sample_of(const Runs& runs, UnitRange units, RunAverage average) {
  const auto of = [average](const std::vector<Duration>& times) {
    return average == RunAverage::kMedian ? median(times) : mean(times);
  };
  SubModelSample sample;
  sample.units = units;
  sample.runs = runs.count();
  sample.cpu = {of(runs.cpu_forward), of(runs.cpu_backward)};
  sample.wall = {of(runs.wall_forward), of(runs.wall_backward)};
  return sample;
}

// The first run warms caches up and does not count, unless it is so long that this is lost in it.
SubModelSample take_sample(ProfileSubject& subject, UnitRange units,
                           const SubModelTimingOptions& options) {
  Runs runs;
  run_once(subject, units, runs);
  if (runs.wall < kNoWarmup * options.sample_time) {
    runs = Runs{};
    while (runs.count() == 0 || (runs.count() < kMaxRuns && runs.wall < options.sample_time)) {
      run_once(subject, units, runs);
    }
  }
  return sample_of(runs, units, options.average);
}

std::vector<UnitRange> shuffled(std::vector<UnitRange> ranges, std::uint64_t seed, int round) {
  Rng rng(seed + static_cast<std::uint64_t>(round), "order of measurements");
  for (std::size_t i = ranges.size(); i > 1; --i) std::swap(ranges[i - 1], ranges[rng.below(i)]);
  return ranges;
}

void check(const SubModelTimingOptions& options, int units) {
  if (options.batch_samples < 1 || options.rounds < 1) {
    throw ConfigError("timing sub-models needs at least 1 sample and 1 round");
  }
  for (const UnitRange range : options.sub_models) {
    if (range.begin >= 0 && range.begin < range.end && range.end <= units) continue;
    throw ConfigError("sub-model " + to_string(range) + " is outside the model's units 1.." +
                      std::to_string(units));
  }
}

}  // namespace

void time_sub_models(const SubModelTimingOptions& options, const std::vector<SubModelSample>& known,
                     const std::function<void(const SubModelSample&)>& take) {
  check(options, make_model(options.model).unit_count());
  std::set<std::pair<int, UnitRange>> done;
  for (const SubModelSample& sample : known) done.emplace(sample.round, sample.units);
  ProfileSubject subject(options.model, options.batch_samples, options.seed);
  Runs warmup;  // of the whole model: its memory is then there
  run_once(subject, {0, subject.unit_count()}, warmup);
  for (int round = 0; round < options.rounds; ++round) {
    for (const UnitRange units : shuffled(options.sub_models, options.seed, round)) {
      if (done.count({round, units}) != 0) continue;
      SubModelSample sample = take_sample(subject, units, options);
      sample.round = round;
      take(sample);
    }
  }
}

}  // namespace acceptlab::torch_stage
