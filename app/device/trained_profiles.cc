#include "app/device/trained_profiles.h"

#include <cmath>

namespace acceptlab::app {

namespace {

// By what `expected` is to be multiplied.
double factor(double measured, double expected) {
  return measured > 0.0 && expected > 0.0 ? measured / expected : 1.0;
}

double ns(Duration time) { return static_cast<double>(time.count()); }

// What the profile says of a mini-batch's codecs on this stage, ns.
struct CodecTimes {
  double encode = 0.0;
  double decode = 0.0;
};

CodecTimes codec_times(const DeviceProfile& profile, UnitRange units,
                       const scenarios::Scenario& scenario) {
  CodecTimes times;
  const auto values_after = [&](int unit) {
    return static_cast<double>(profile.batch_samples *
                               profile.units[static_cast<std::size_t>(unit)].output_values);
  };
  const CodecSpeed forward = profile.codecs.at(scenario.codec.forward);
  const CodecSpeed backward = profile.codecs.at(scenario.codec.backward);
  if (units.begin > 0) {
    const double values = values_after(units.begin - 1);
    times.decode += forward.decode_ns_per_value * values;
    times.encode += backward.encode_ns_per_value * values;
  }
  if (units.end < static_cast<int>(profile.units.size())) {
    const double values = values_after(units.end - 1);
    times.encode += forward.encode_ns_per_value * values;
    times.decode += backward.decode_ns_per_value * values;
  }
  return times;
}

}  // namespace

DeviceProfile as_in_training(DeviceProfile profile, UnitRange units,
                             const results::StageTimes& times,
                             const scenarios::Scenario& scenario) {
  profile.sub_models[units] = {times.forward, times.backward};
  profile.details.erase(units);
  const double update = factor(ns(times.update + times.between), ns(profile.update_time(units)));
  for (UnitProfile& unit : profile.units) {
    unit.update = Duration(std::llround(ns(unit.update) * update));
  }
  if (scenario.codec.is_chosen()) return profile;  // which of them a batch used is not recorded
  const CodecTimes expected = codec_times(profile, units, scenario);
  const double encode = factor(ns(times.encode), expected.encode);
  const double decode = factor(ns(times.decode), expected.decode);
  for (auto& [name, speed] : profile.codecs) {
    speed.encode_ns_per_value *= encode;
    speed.decode_ns_per_value *= decode;
  }
  return profile;
}

std::vector<sim::CostFactors> variation(const results::StageRecord& record,
                                        const results::StageTimes& usual) {
  std::vector<sim::CostFactors> factors;
  for (const results::BatchTimes& batch : record.batches) {
    factors.push_back(
        {factor(ns(batch.decode), ns(usual.decode)), factor(ns(batch.forward), ns(usual.forward)),
         factor(ns(batch.backward), ns(usual.backward)), factor(ns(batch.encode), ns(usual.encode)),
         factor(ns(batch.update + usual.between), ns(usual.update + usual.between))});
  }
  return factors;
}

}  // namespace acceptlab::app
