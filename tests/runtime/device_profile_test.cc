#include "runtime/device_profile.h"

#include <gtest/gtest.h>

namespace acceptlab {
namespace {

using namespace literals;

UnitProfile unit_of(Duration forward, Duration backward, Duration update) {
  UnitProfile unit;
  unit.forward = forward;
  unit.backward = backward;
  unit.update = update;
  return unit;
}

DeviceProfile three_units() {
  DeviceProfile profile;
  profile.units = {unit_of(1ms, 10ms, 100ms), unit_of(2ms, 20ms, 200ms), unit_of(4ms, 40ms, 400ms)};
  return profile;
}

TEST(DeviceProfile, SumsUnitsWhereNoSubModelWasMeasured) {
  const DeviceProfile profile = three_units();
  EXPECT_EQ(profile.time({0, 3}).forward, 7ms);
  EXPECT_EQ(profile.time({0, 3}).backward, 70ms);
  EXPECT_EQ(profile.time({1, 3}).forward, 6ms);
  EXPECT_EQ(profile.time({2, 3}).backward, 40ms);
  EXPECT_EQ(profile.time({1, 2}).total(), 22ms);
}

TEST(DeviceProfile, PrefersTheMeasuredSubModel) {
  DeviceProfile profile = three_units();
  profile.sub_models[{0, 2}] = {3'500us, 31ms};
  EXPECT_EQ(profile.time({0, 2}).forward, 3'500us);
  EXPECT_EQ(profile.time({0, 2}).backward, 31ms);
  EXPECT_EQ(profile.time({0, 3}).forward, 7ms);  // a sub-model inside it changes nothing
  EXPECT_EQ(profile.time({1, 2}).forward, 2ms);
}

TEST(DeviceProfile, UpdateTimeIsTheSumOverUnits) {
  DeviceProfile profile = three_units();
  profile.sub_models[{0, 2}] = {1ms, 1ms};
  EXPECT_EQ(profile.update_time({0, 2}), 300ms);
  EXPECT_EQ(profile.update_time({2, 3}), 400ms);
}

TEST(DeviceProfileDeathTest, UnitsThatDoNotExistBreakAnInvariant) {
  const DeviceProfile profile = three_units();
  for (const UnitRange range : {UnitRange{0, 4}, UnitRange{-1, 2}, UnitRange{1, 1}}) {
    EXPECT_DEATH(profile.time(range), "invariant broken") << range;
    EXPECT_DEATH(profile.update_time(range), "invariant broken") << range;
  }
}

}  // namespace
}  // namespace acceptlab
