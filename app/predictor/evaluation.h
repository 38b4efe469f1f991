#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/predictor/accuracy.h"
#include "app/predictor/contestant.h"
#include "app/predictor/persona_table.h"
#include "runtime/device_profile.h"

namespace acceptlab::app {

// How well a contestant predicted forward plus backward of all sub-models of a group of devices.
struct GroupAccuracy {
  std::string contestant;
  int measurements = 0;  // of a device, that it predicts from
  std::string group;     // "seen", "unseen", "unseen core counts", "repeated"
  std::vector<std::string> devices;
  std::vector<Accuracy> each;  // of them
  Accuracy mean;
};

// The closed form on unseen devices after some measured sub-models more.
struct AdaptationPoint {
  int samples = 0;
  double mape_percent = 0.0;
  double within_10_percent = 0.0;
  double covered_percent = 0.0;  // measured times within the intervals that should hold 90 %
};

// The bottleneck of the cut that predicted times choose, over that of the best cut, both by true
// times.
struct Regret {
  std::string contestant;
  int cases = 0;
  double mean = 1.0;
  double percentile_95 = 1.0;
  double worst = 1.0;
};

struct EvaluationOptions {
  int folds = 8;  // every device is predicted by what was trained without its fold
  int regret_cases = 520;
  int adaptation_repeats = 5;  // draws of the samples adapted to
  std::uint64_t seed = 1;
};

struct EvaluationReport {
  std::vector<GroupAccuracy> accuracies;
  std::vector<AdaptationPoint> adaptation;
  std::vector<Regret> regrets;
};

// Evaluates the contestants on the table: seen (trained on all), unseen (by folds), and unseen core
// counts (trained on the personas of one core, tested on the others). `model` describes the table's
// model. `repeat` is a second measurement of some or all of the personas: it is evaluated as if it
// had predicted the first, contestant "measured again" of the group "repeated", and "measured
// again, to scale": times one factor a device, by which the fixed probes agree in sum.
// Throws ConfigError where the table is too small for the folds or lacks a sub-model, or where the
// second measurement does, is of another model or of none of the personas.
EvaluationReport evaluate_predictors(const PersonaTable& table, const DeviceProfile& model,
                                     const PersonaTable* repeat,
                                     const std::vector<std::unique_ptr<Contestant>>& contestants,
                                     const EvaluationOptions& options,
                                     const std::function<void(const std::string&)>& progress);

}  // namespace acceptlab::app
