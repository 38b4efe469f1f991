#include "predictor/profile_times.h"

#include <cmath>

#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::predictor {

namespace {

void check_time(const DeviceProfile& profile, const std::string& what, StageTime time) {
  if (time.forward >= Duration(0) && time.backward >= Duration(0)) return;
  throw ConfigError("profile of device \"" + profile.device + "\": negative time of " + what +
                    ": forward " + std::to_string(time.forward.count()) + " ns, backward " +
                    std::to_string(time.backward.count()) + " ns");
}

void check_profile(const DeviceProfile& profile) {
  if (profile.units.empty()) {
    throw ConfigError("profile of device \"" + profile.device + "\": it has no units");
  }
  for (std::size_t u = 0; u < profile.units.size(); ++u) {
    const UnitProfile& unit = profile.units[u];
    check_time(profile, "unit " + std::to_string(u + 1), {unit.forward, unit.backward});
  }
  for (const auto& [range, time] : profile.sub_models) {
    check_time(profile, "sub-model " + to_string(range), time);
  }
}

}  // namespace

ProfileTimes::ProfileTimes(const DeviceProfile& profile)
    : forward_{Duration(0)}, backward_{Duration(0)}, sub_models_(profile.sub_models) {
  check_profile(profile);
  for (const UnitProfile& unit : profile.units) {
    forward_.push_back(forward_.back() + unit.forward);
    backward_.push_back(backward_.back() + unit.backward);
  }
}

StageTime ProfileTimes::measured(UnitRange units) const {
  const auto found = sub_models_.find(units);
  return found != sub_models_.end() ? found->second : sum_of_units(units);
}

StageTime ProfileTimes::sum_of_units(UnitRange range) const {
  ACCEPTLAB_CHECK(range.begin >= 0 && range.begin < range.end && range.end <= units());
  const auto begin = static_cast<std::size_t>(range.begin);
  const auto end = static_cast<std::size_t>(range.end);
  return {forward_[end] - forward_[begin], backward_[end] - backward_[begin]};
}

StageTime scaled(StageTime time, double factor) {
  const auto scale = [factor](Duration d) {
    return Duration(std::llround(static_cast<double>(d.count()) * factor));
  };
  return {scale(time.forward), scale(time.backward)};
}

}  // namespace acceptlab::predictor
