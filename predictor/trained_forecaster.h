#pragma once

#include <vector>

#include "predictor/sub_model_predictor.h"
#include "runtime/ports/adaptive_forecaster.h"

namespace acceptlab::predictor {

// AccEPT's predictor for all devices of a run: each is known by its probes, and by what it reports
// while it trains.
class TrainedForecaster final : public AdaptiveForecaster {
 public:
  // `probes[d]`: of device d, each not empty. Throws ConfigError as SubModelPredictor does.
  TrainedForecaster(const AdditivePrior& prior, int units,
                    const std::vector<std::vector<TimedSubModel>>& probes);

  // Requires: the device has probes.
  StageTime predict(DeviceId device, UnitRange units) const override;
  void observe(DeviceId device, UnitRange units, const StageTime& time) override;

 private:
  std::vector<SubModelPredictor> devices_;
};

}  // namespace acceptlab::predictor
