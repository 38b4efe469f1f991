#include "predictor/sub_model_predictor.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::predictor {

namespace {

constexpr int kOutputs = 2;
constexpr int kForward = 0;
constexpr int kBackward = 1;
// From how many measurements, and of how many at most, it is known what a sub-model usually takes.
constexpr std::size_t kFewest = 3;
constexpr std::size_t kMost = 15;

const AdditivePrior& checked(const AdditivePrior& prior, int units) {
  if (prior.features() == sub_model_features(units) && prior.outputs() == kOutputs) return prior;
  throw ConfigError("the predictor is of a model with " + std::to_string(prior.features() - 1) +
                    " units, this one has " + std::to_string(units));
}

std::vector<Observation> observations_of(const std::vector<TimedSubModel>& timed, int units) {
  std::vector<Observation> observations;
  observations.reserve(timed.size());
  for (const TimedSubModel& t : timed) observations.push_back(observation_of(t, units));
  return observations;
}

Duration milliseconds(double ms) { return from_milliseconds(std::max(0.0, ms)); }

}  // namespace

int sub_model_features(int units) { return units + 1; }

Structure structure_of(UnitRange range, int units) {
  Structure structure;
  for (int u = range.begin; u < range.end; ++u) structure.push_back(u);
  structure.push_back(units);
  return structure;
}

Observation observation_of(const TimedSubModel& timed, int units) {
  return {structure_of(timed.units, units),
          {to_milliseconds(timed.time.forward), to_milliseconds(timed.time.backward)}};
}

SubModelPredictor::SubModelPredictor(const AdditivePrior& prior, int units,
                                     const std::vector<TimedSubModel>& probes)
    : units_(units), posterior_(checked(prior, units), observations_of(probes, units)) {
  sum_up();
}

void SubModelPredictor::sum_up() {
  const std::vector<double>& mean = posterior_.mean_ms();
  for (const int output : {kForward, kBackward}) {
    const double* times = mean.data() + std::ptrdiff_t{output} * sub_model_features(units_);
    Sums& sums = output == kForward ? forward_ : backward_;
    sums.shared = times[units_];
    sums.before.assign(1, 0.0);
    for (int u = 0; u < units_; ++u) {
      sums.before.push_back(sums.before.back() + std::max(0.0, times[u]));
    }
  }
}

StageTime SubModelPredictor::time(UnitRange range) const {
  ACCEPTLAB_CHECK(range.begin >= 0 && range.begin < range.end && range.end <= units_);
  const auto begin = static_cast<std::size_t>(range.begin);
  const auto end = static_cast<std::size_t>(range.end);
  return {milliseconds(forward_.shared + forward_.before[end] - forward_.before[begin]),
          milliseconds(backward_.shared + backward_.before[end] - backward_.before[begin])};
}

Prediction SubModelPredictor::predict(UnitRange range) const {
  Prediction prediction;
  prediction.time = time(range);
  const Structure structure = structure_of(range, units_);
  // The two outputs err together: their deviations add up.
  const double deviation = posterior_.estimate(structure, kForward).deviation_ms +
                           posterior_.estimate(structure, kBackward).deviation_ms;
  const double total = to_milliseconds(prediction.time.total());
  const double margin = posterior_.prior().setting().interval_factor * deviation;
  prediction.total_low = milliseconds(total - margin);
  prediction.total_high = milliseconds(total + margin);
  return prediction;
}

// What the sub-model usually takes; nothing before that is known. Not the prediction: a lasting
// error of it is no change of the device.
std::optional<double> SubModelPredictor::usual_ms(UnitRange units) const {
  const auto found = latest_ms_.find(units);
  if (found == latest_ms_.end() || found->second.size() < kFewest) return std::nullopt;
  std::vector<double> times(found->second.begin(), found->second.end());
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

std::optional<double> SubModelPredictor::observe(const TimedSubModel& timed) {
  const Observation observation = observation_of(timed, units_);
  const double measured = to_milliseconds(timed.time.total());
  const std::optional<double> usual = usual_ms(timed.units);
  const std::optional<double> change = usual ? watch_.add(measured / *usual) : std::nullopt;
  if (change) {
    posterior_.rescale(*change);
    latest_ms_.clear();
  }
  posterior_.observe(observation);
  std::deque<double>& latest = latest_ms_[timed.units];
  latest.push_back(measured);
  if (latest.size() > kMost) latest.pop_front();
  sum_up();
  return change;
}

}  // namespace acceptlab::predictor
