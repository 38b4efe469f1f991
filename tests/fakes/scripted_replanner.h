#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/ports/replanner.h"

namespace acceptlab::fakes {

// Answers with the given plans in turn, then with nothing; keeps what it is told.
struct ScriptedReplanner : Replanner {
  struct Observation {
    DeviceId device;
    UnitRange units;
    StageTime time;
  };

  void observe(DeviceId device, UnitRange units, const StageTime& time) override {
    observed.push_back({device, units, time});
  }
  void observe_link(DeviceId from, DeviceId to, BitsPerSecond rate) override {
    links[{from, to}] = rate;
  }
  std::optional<Replan> replan(const Plan& /*current*/, std::int64_t batches_left) override {
    asked.push_back(batches_left);
    if (plans.empty()) return std::nullopt;
    const std::optional<Plan> plan = plans.front();
    plans.pop_front();
    if (!plan) return std::nullopt;
    return Replan{*plan, Duration(100), Duration(1000)};
  }
  std::optional<Plan> plan_on(const std::vector<DeviceId>& devices) override {
    restricted.push_back(devices);
    return best_on ? best_on(devices) : std::nullopt;
  }

  std::deque<std::optional<Plan>> plans;
  std::vector<Observation> observed;
  std::map<std::pair<DeviceId, DeviceId>, BitsPerSecond> links;              // the newest rates
  std::vector<std::int64_t> asked;                                           // mini-batches left
  std::function<std::optional<Plan>(const std::vector<DeviceId>&)> best_on;  // empty: no plan
  std::vector<std::vector<DeviceId>> restricted;
};

// A plan with stages on these devices, each up to the given unit.
inline Plan plan_up_to(const std::vector<std::pair<int, int>>& device_and_end) {
  Plan plan;
  int begin = 0;
  for (const auto& [device, end] : device_and_end) {
    plan.stages.push_back({DeviceId{device}, {begin, end}, Duration(0)});
    begin = end;
  }
  return plan;
}

}  // namespace acceptlab::fakes
