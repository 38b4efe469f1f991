#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/device_profile.h"

namespace acceptlab::predictor {

// A profile of units with these forward and backward times in milliseconds.
inline DeviceProfile profile_of(const std::vector<std::pair<int, int>>& unit_ms) {
  DeviceProfile profile;
  profile.model = "test";
  profile.batch_samples = 8;
  profile.device = "test board";
  for (const auto& [forward, backward] : unit_ms) {
    UnitProfile unit;
    unit.forward = std::chrono::milliseconds(forward);
    unit.backward = std::chrono::milliseconds(backward);
    profile.units.push_back(unit);
  }
  return profile;
}

inline void expect_time(StageTime time, Duration forward, Duration backward) {
  EXPECT_EQ(time.forward, forward);
  EXPECT_EQ(time.backward, backward);
}

// What a ConfigError says; fails the test where nothing is thrown.
template <typename Action>
std::string config_error(Action action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no ConfigError";
  return {};
}

}  // namespace acceptlab::predictor
