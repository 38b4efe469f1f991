#include "sim/cost_model.h"

#include <cmath>

#include "runtime/base/check.h"

namespace acceptlab::sim {

namespace {

Duration scaled(Duration d, double factor) {
  return Duration(std::llround(static_cast<double>(d.count()) * factor));
}

OpCost scaled(const OpCost& cost, double factor) {
  OpCost result;
  result.decode = scaled(cost.decode, factor);
  result.forward = scaled(cost.forward, factor);
  result.backward = scaled(cost.backward, factor);
  result.encode = scaled(cost.encode, factor);
  result.update = scaled(cost.update, factor);
  return result;
}

Duration codec_time(double ns_per_value, std::int64_t values) {
  return Duration(std::llround(ns_per_value * static_cast<double>(values)));
}

}  // namespace

double Slowdown::at(TimePoint time) const {
  double factor = factor_;
  for (const auto& [start, stepped] : steps_) {
    if (start > time) break;
    factor = stepped;
  }
  return factor;
}

OpCost MeasuredCost::cost(const Op& /*op*/, const OpCost& measured, TimePoint now) const {
  return scaled(measured, slowdown_.at(now));
}

ProfileCost::ProfileCost(const DeviceProfile& profile, const ProfiledStage& stage,
                         Slowdown slowdown)
    : stage_(stage),
      slowdown_(std::move(slowdown)),
      batch_samples_(profile.batch_samples),
      time_(profile.time(stage.units)),
      update_(profile.update_time(stage.units)) {
  ACCEPTLAB_CHECK(batch_samples_ > 0);
  const auto values_after = [&profile](int unit) {
    return profile.units[static_cast<std::size_t>(unit)].output_values;
  };
  if (!stage.first) input_values_ = values_after(stage.units.begin - 1);
  if (!stage.last) output_values_ = values_after(stage.units.end - 1);
}

OpCost ProfileCost::cost(const Op& op, const OpCost& /*measured*/, TimePoint now) const {
  return scaled(at_full_speed(op), slowdown_.at(now));
}

OpCost ProfileCost::at_full_speed(const Op& op) const {
  const double share = static_cast<double>(op.samples) / batch_samples_;
  const std::int64_t values_in = op.samples * input_values_;
  const std::int64_t values_out = op.samples * output_values_;
  const auto forward_in = [&] {
    return codec_time(stage_.forward_codec.decode_ns_per_value, values_in);
  };
  const auto gradient_out = [&] {
    return codec_time(stage_.backward_codec.encode_ns_per_value, values_in);
  };
  OpCost cost;
  switch (op.kind) {
    case OpKind::kForward:
      cost.decode = forward_in();
      cost.forward = scaled(time_.forward, share);
      cost.encode = codec_time(stage_.forward_codec.encode_ns_per_value, values_out);
      break;
    case OpKind::kForwardBackward:
      cost.decode = forward_in();
      cost.forward = scaled(time_.forward, share);
      cost.backward = scaled(time_.backward, share);
      cost.encode = gradient_out();
      break;
    case OpKind::kBackward:
      cost.decode = codec_time(stage_.backward_codec.decode_ns_per_value, values_out);
      cost.backward = scaled(time_.backward, share);
      cost.encode = gradient_out();
      break;
    case OpKind::kUpdate:
      cost.update = update_;
      break;
    case OpKind::kAggregate:
      cost.update = update_ * stage_.slots;
      break;
    case OpKind::kEvaluate:
      cost.forward = scaled(time_.forward, share);
      break;
  }
  return cost;
}

}  // namespace acceptlab::sim
