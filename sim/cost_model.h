#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "runtime/base/units.h"
#include "runtime/device_profile.h"
#include "runtime/operation.h"

namespace acceptlab::sim {

// How many times slower than this host a device is, over time.
class Slowdown {
 public:
  // `factor` holds until the first step; each step's factor from its time on. Requires: factors
  // > 0, times increasing.
  explicit Slowdown(double factor, std::vector<std::pair<TimePoint, double>> steps = {})
      : factor_(factor), steps_(std::move(steps)) {}
  double at(TimePoint time) const;

 private:
  double factor_;
  std::vector<std::pair<TimePoint, double>> steps_;
};

// Says how long an operation that starts now occupies a device.
class CostModel {
 public:
  virtual ~CostModel() = default;
  // `measured`: what the operation has just cost on this host.
  virtual OpCost cost(const Op& op, const OpCost& measured, TimePoint now) const = 0;
};

// This execution's own processor time, scaled to the device.
class MeasuredCost : public CostModel {
 public:
  explicit MeasuredCost(Slowdown slowdown) : slowdown_(std::move(slowdown)) {}
  OpCost cost(const Op& op, const OpCost& measured, TimePoint now) const override;

 private:
  Slowdown slowdown_;
};

// What one of a run's codecs costs a device.
struct CodecSpeeds {
  CodecSpeed forward;   // activations, on both ends of a link
  CodecSpeed backward;  // gradients
};

// Recorded times: deterministic. A micro-batch costs its share of the profile's mini-batch. Copying
// units' state in or out costs what their optimizer step does, which also reads and writes all of
// it. Whatever stage the device has, each operation says.
class ProfileCost : public CostModel {
 public:
  // `codecs`: by PlannedStage::codec; may be empty where nothing is ever encoded.
  ProfileCost(DeviceProfile profile, std::vector<CodecSpeeds> codecs, Slowdown slowdown);
  OpCost cost(const Op& op, const OpCost& measured, TimePoint now) const override;

 private:
  OpCost at_full_speed(const Op& op) const;
  const CodecSpeeds& codec(int number) const;

  DeviceProfile profile_;
  std::vector<CodecSpeeds> codecs_;
  Slowdown slowdown_;
};

// By what the parts of an operation's cost differ from the usual.
struct CostFactors {
  double decode = 1.0;
  double forward = 1.0;
  double backward = 1.0;
  double encode = 1.0;
  double update = 1.0;
};

// What another model says, times the factors of each mini-batch of the first epoch; after those as
// usual.
class VaryingCost : public CostModel {
 public:
  VaryingCost(std::unique_ptr<CostModel> usual, std::vector<CostFactors> batches)
      : usual_(std::move(usual)), batches_(std::move(batches)) {}
  OpCost cost(const Op& op, const OpCost& measured, TimePoint now) const override;

 private:
  std::unique_ptr<CostModel> usual_;
  std::vector<CostFactors> batches_;
};

}  // namespace acceptlab::sim
