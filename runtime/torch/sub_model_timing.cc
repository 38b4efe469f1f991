#include "runtime/torch/sub_model_timing.h"

#include <torch/torch.h>

#include <algorithm>
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

// Adds one run of `units` to the sample.
void run_once(ProfileSubject& subject, UnitRange units, SubModelSample& sample) {
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
  ++sample.runs;
  sample.cpu.forward += forward.cpu;
  sample.cpu.backward += backward.cpu;
  sample.wall.forward += forward.wall;
  sample.wall.backward += backward.wall;
}

void divide(StageTime& time, int by) {
  time.forward /= by;
  time.backward /= by;
}

// The first run warms caches up and does not count, unless it is so long that this is lost in it.
SubModelSample take_sample(ProfileSubject& subject, UnitRange units, Duration sample_time) {
  SubModelSample sample;
  sample.units = units;
  run_once(subject, units, sample);
  if (sample.wall.total() >= kNoWarmup * sample_time) return sample;
  sample = SubModelSample{};
  sample.units = units;
  while (sample.runs == 0 || (sample.runs < kMaxRuns && sample.wall.total() < sample_time)) {
    run_once(subject, units, sample);
  }
  divide(sample.cpu, sample.runs);
  divide(sample.wall, sample.runs);
  return sample;
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
  SubModelSample warmup;  // of the whole model: its memory is then there
  run_once(subject, {0, subject.unit_count()}, warmup);
  for (int round = 0; round < options.rounds; ++round) {
    for (const UnitRange units : shuffled(options.sub_models, options.seed, round)) {
      if (done.count({round, units}) != 0) continue;
      SubModelSample sample = take_sample(subject, units, options.sample_time);
      sample.round = round;
      take(sample);
    }
  }
}

}  // namespace acceptlab::torch_stage
