#include "sim/cost_model.h"

#include <cmath>

#include "runtime/base/check.h"

namespace acceptlab::sim {

namespace {

Duration scaled(Duration d, double factor) {
  return Duration(std::llround(static_cast<double>(d.count()) * factor));
}

OpCost scaled(const OpCost& cost, const CostFactors& by) {
  OpCost result;
  result.decode = scaled(cost.decode, by.decode);
  result.forward = scaled(cost.forward, by.forward);
  result.backward = scaled(cost.backward, by.backward);
  result.encode = scaled(cost.encode, by.encode);
  result.update = scaled(cost.update, by.update);
  return result;
}

OpCost scaled(const OpCost& cost, double factor) {
  return scaled(cost, {factor, factor, factor, factor, factor});
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

ProfileCost::ProfileCost(DeviceProfile profile, std::vector<CodecSpeeds> codecs, Slowdown slowdown)
    : profile_(std::move(profile)), codecs_(std::move(codecs)), slowdown_(std::move(slowdown)) {
  ACCEPTLAB_CHECK(profile_.batch_samples > 0);
}

const CodecSpeeds& ProfileCost::codec(int number) const {
  static const CodecSpeeds costless;
  return codecs_.empty() ? costless : codecs_.at(static_cast<std::size_t>(number));
}

OpCost ProfileCost::cost(const Op& op, const OpCost& /*measured*/, TimePoint now) const {
  return scaled(at_full_speed(op), slowdown_.at(now));
}

OpCost ProfileCost::at_full_speed(const Op& op) const {
  if (op.units.size() == 0) return {};  // gives up its stage
  const double share = static_cast<double>(op.samples) / profile_.batch_samples;
  const auto values_after = [&](int unit) {
    return op.samples * profile_.units[static_cast<std::size_t>(unit)].output_values;
  };
  const bool first = op.units.begin == 0;
  const bool last = op.units.end == static_cast<int>(profile_.units.size());
  const std::int64_t values_in = first ? 0 : values_after(op.units.begin - 1);
  const std::int64_t values_out = last ? 0 : values_after(op.units.end - 1);
  const StageTime time = profile_.time(op.units);
  const CodecSpeeds& in = codec(op.input_codec);
  const CodecSpeeds& out = codec(op.output_codec);
  OpCost cost;
  switch (op.kind) {
    case OpKind::kForward:
      cost.decode = codec_time(in.forward.decode_ns_per_value, values_in);
      cost.forward = scaled(time.forward, share);
      cost.encode = codec_time(out.forward.encode_ns_per_value, values_out);
      break;
    case OpKind::kForwardBackward:
      cost.decode = codec_time(in.forward.decode_ns_per_value, values_in);
      cost.forward = scaled(time.forward, share);
      cost.backward = scaled(time.backward, share);
      cost.encode = codec_time(out.backward.encode_ns_per_value, values_in);
      break;
    case OpKind::kBackward:
      cost.decode = codec_time(in.backward.decode_ns_per_value, values_out);
      cost.backward = scaled(time.backward, share);
      cost.encode = codec_time(out.backward.encode_ns_per_value, values_in);
      break;
    case OpKind::kAggregate:
      cost.update = profile_.update_time(op.units) * op.slots;
      break;
    case OpKind::kUpdate:
    case OpKind::kExport:
    case OpKind::kAdopt:
      cost.update = profile_.update_time(op.units);
      break;
    case OpKind::kEvaluate:
      cost.forward = scaled(time.forward, share);
      break;
  }
  return cost;
}

OpCost VaryingCost::cost(const Op& op, const OpCost& measured, TimePoint now) const {
  const OpCost usual = usual_->cost(op, measured, now);
  const auto batch = static_cast<std::size_t>(op.key.batch);
  const bool varies = op.key.phase == Phase::kTrain && op.key.epoch == 0 && batch < batches_.size();
  return varies ? scaled(usual, batches_[batch]) : usual;
}

}  // namespace acceptlab::sim
