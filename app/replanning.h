#pragma once

#include <memory>
#include <vector>

#include "app/planning.h"
#include "app/run_codecs.h"
#include "partition/problem.h"
#include "runtime/ports/adaptive_forecaster.h"
#include "runtime/ports/replanner.h"
#include "runtime/replan_threshold.h"
#include "runtime/training_shape.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// Repartition during a run: the scenario's solver with times learnt from what devices report, and
// a threshold in front of a move. Where the scenario gives codecs to choose from, links are as fast
// as they were measured last (those never used: as planned with), and codecs change without a move:
// to lose less as soon as time allows it, to lose more where that gains enough time.
class SolvingReplanner : public Replanner {
 public:
  // `unit_state`: what moves with each unit. Both references outlive the replanner.
  SolvingReplanner(const scenarios::Scenario& scenario, const DeviceProfiles& profiles,
                   partition::Problem problem, std::unique_ptr<AdaptiveForecaster> times,
                   const TrainingShape& shape, std::vector<Bytes> unit_state);

  void observe(DeviceId device, UnitRange units, const StageTime& time) override;
  void observe_link(DeviceId from, DeviceId to, BitsPerSecond rate) override;
  std::optional<Replan> replan(const Plan& current, std::int64_t batches_left) override;
  std::optional<Plan> plan_on(const std::vector<DeviceId>& devices) override;

 private:
  // On the devices that are left.
  Result<Plan> best_plan() const;
  // By the same problem, with times: the stages of `current` with other codecs, where these do.
  std::optional<Replan> recode(const partition::Problem& problem, const Plan& current,
                               const Plan& recoded) const;
  // Predicted: the slowest transfer between two devices, and a mini-batch's way through both
  // pipelines, while the old one drains and the new one fills.
  Duration move_cost(const partition::Problem& problem, const Plan& from, const Plan& to) const;
  bool fits_codec_memory(const Plan& plan) const;

  const scenarios::Scenario& scenario_;
  const DeviceProfiles& profiles_;
  partition::Problem problem_;  // its times are those of the start
  const std::unique_ptr<AdaptiveForecaster> times_;
  const TrainingShape shape_;
  const std::vector<Bytes> unit_state_;
  std::vector<DeviceId> devices_;  // that a plan may use
  const ReplanThreshold threshold_;
};

// Null where the scenario's plan stays as it is.
std::unique_ptr<Replanner> make_replanner(const scenarios::Scenario& scenario,
                                          const DeviceProfiles& profiles,
                                          const TrainingShape& shape, const RunCodecs& codecs);

}  // namespace acceptlab::app
