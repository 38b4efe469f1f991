#include "runtime/device_profile.h"

#include "runtime/base/check.h"

namespace acceptlab {

namespace {
void check_within(const DeviceProfile& profile, UnitRange range) {
  ACCEPTLAB_CHECK(range.begin >= 0 && range.begin < range.end);
  ACCEPTLAB_CHECK(range.end <= static_cast<int>(profile.units.size()));
}
}  // namespace

StageTime DeviceProfile::time(UnitRange range) const {
  check_within(*this, range);
  if (const auto found = sub_models.find(range); found != sub_models.end()) return found->second;
  StageTime sum;
  for (int u = range.begin; u < range.end; ++u) {
    sum.forward += units[static_cast<std::size_t>(u)].forward;
    sum.backward += units[static_cast<std::size_t>(u)].backward;
  }
  return sum;
}

Duration DeviceProfile::update_time(UnitRange range) const {
  check_within(*this, range);
  Duration sum{0};
  for (int u = range.begin; u < range.end; ++u) sum += units[static_cast<std::size_t>(u)].update;
  return sum;
}

}  // namespace acceptlab
