#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "predictor/additive_prior.h"
#include "predictor/device_posterior.h"
#include "predictor/speed_watch.h"
#include "runtime/base/ids.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab::predictor {

struct TimedSubModel {
  UnitRange units;
  StageTime time;  // both above 0
};

// A predicted time, and the bounds that nine of ten measured ones are within.
struct Prediction {
  StageTime time;
  Duration total_low{0};
  Duration total_high{0};
};

// Features of sub-models of `units` units: one a unit, and one that all sub-models share (what a
// call costs whatever is in it).
int sub_model_features(int units);
Structure structure_of(UnitRange range, int units);
Observation observation_of(const TimedSubModel& timed, int units);

// Predicts the times of all sub-models of one device (AccEPT's predictor in closed form).
// Predictions are not negative, and a sub-model never takes less than one that it contains.
class SubModelPredictor {
 public:
  // `prior` is of sub_model_features(units) features and 2 outputs, forward and backward. Throws
  // ConfigError where it is not, or as DevicePosterior does.
  SubModelPredictor(const AdditivePrior& prior, int units,
                    const std::vector<TimedSubModel>& probes);

  // Requires: units not empty and within the model.
  Prediction predict(UnitRange units) const;
  StageTime time(UnitRange units) const;

  // One measured time more: learns from it, and notices when the whole device has become slower or
  // faster than it was at the same sub-model. Returns the factor where it did.
  std::optional<double> observe(const TimedSubModel& timed);

  const DevicePosterior& posterior() const { return posterior_; }

 private:
  struct Sums {  // of one output
    double shared = 0.0;
    std::vector<double> before;  // [units + 1]: of the units before, negative times counting as 0
  };
  void sum_up();
  std::optional<double> usual_ms(UnitRange units) const;

  int units_;
  DevicePosterior posterior_;
  SpeedWatch watch_;
  std::map<UnitRange, std::deque<double>> latest_ms_;  // measured, since the last change
  Sums forward_;
  Sums backward_;
};

}  // namespace acceptlab::predictor
